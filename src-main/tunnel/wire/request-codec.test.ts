import { expect, test } from 'vitest';
import type { InferenceRequest } from '../../core/inference.ts';
import { chatRequest } from '../../testing/inference-requests.ts';
import { BodyAssembler } from './body-assembler.ts';
import { bodyPartBytes, inlineBodyBytes, maxBodyBytes } from './protocol.ts';
import { decodeRequest, encodeRequest } from './request-codec.ts';

const rich = chatRequest('hi', {
  envelope: {
    digest: 'ab',
    deadlineAt: 5,
    marks: ['m1', 'm2'],
    pools: ['p'],
    isVisitor: true,
    pin: 'attic',
    affinity: { key: 'k', isStrict: true },
    onColdStart: 'refuse',
    slot: 3,
    hops: ['g1'],
  },
  input: {
    messages: [
      { role: 'system', text: 's' },
      { role: 'user', content: [{ type: 'image', url: 'data:,x' }], name: 'n' },
      {
        role: 'assistant',
        text: 't',
        reasoning: 'r',
        toolCalls: [{ id: 'c', name: 'f', arguments: '{}' }],
      },
      { role: 'tool', toolCallId: 'c', text: 'ok' },
    ],
    tools: [{ name: 'f', description: 'd', parameters: { type: 'object', x: [1] }, strict: true }],
    toolChoice: { name: 'f' },
    format: { type: 'json-schema', name: 'j', schema: true },
    sampling: { temperature: 0.5, logitBias: { 12: -100 } },
    maxTokens: 10,
    logprobs: { top: 2 },
    continuation: { tokens: [1, 2, 3] },
    reasoningBudget: 4,
  },
});

const requests: readonly InferenceRequest[] = [
  rich,
  { ...rich, input: { task: 'embedding', inputs: ['a', [1, 2]] } },
  { ...rich, input: { task: 'rerank', query: 'q', documents: ['d'] } },
  { ...rich, input: { task: 'count', messages: [], tools: [] } },
  {
    ...rich,
    input: {
      ...{ task: 'completion', prompt: [1, 2], suffix: 's', echo: false, stop: ['x'], choices: 2 },
      format: { type: 'json-object' },
      sampling: {},
      continuation: { text: 'so far' },
    },
  },
];

test.each(requests.map((request) => [request.input.task, request] as const))(
  'a %s request arrives as it was sent',
  (_, request) => {
    const { inline, parts } = encodeRequest(request);
    expect(parts).toEqual([]);
    expect(decodeRequest(inline)).toStrictEqual(request);
  },
);

test('a large request travels in parts and is put together again', () => {
  const request = chatRequest('x'.repeat(inlineBodyBytes + 3 * bodyPartBytes));
  const { inline, parts, bytes } = encodeRequest(request);
  expect(inline).toHaveLength(0);
  expect(Math.max(...parts.map((part) => part.length))).toBeLessThanOrEqual(bodyPartBytes);
  const assembler = new BodyAssembler(bytes);
  const bodies = parts.map((data, index) =>
    assembler.add({ data, isLast: index === parts.length - 1 }),
  );
  expect(bodies.slice(0, -1).every((body) => body === undefined)).toBe(true);
  expect(decodeRequest(bodies.at(-1) ?? Buffer.alloc(0))).toStrictEqual(request);
});

test('a body never grows beyond what was announced, and never beyond 32 MiB', () => {
  expect(() => new BodyAssembler(maxBodyBytes + 1)).toThrow(/more than/);
  expect(() => new BodyAssembler(3).add({ data: Buffer.alloc(4), isLast: false })).toThrow(
    /longer/,
  );
  expect(() => new BodyAssembler(3).add({ data: Buffer.alloc(2), isLast: true })).toThrow(
    /shorter/,
  );
});

test('fields of a newer version are passed over, at every level', () => {
  const body = JSON.parse(encodeRequest(rich).inline.toString()) as Record<string, object>;
  const newer = {
    ...body,
    version: 9,
    envelope: { ...body['envelope'], mood: 'good' },
    input: { ...body['input'], flavour: 1 },
  };
  expect(decodeRequest(Buffer.from(JSON.stringify(newer)))).toStrictEqual(rich);
});

test.each([
  ['no JSON', '{', /no JSON/],
  ['no envelope', '{"version":1}', /envelope/],
  ['another task', JSON.stringify({ version: 1, ...rich, input: { task: 'dance' } }), /task/],
  [
    'a wrong type deep inside',
    JSON.stringify({ version: 1, ...rich, input: { ...rich.input, stop: [1] } }),
    /input\.stop/,
  ],
])('a request with %s is refused and named', (_, body, sentence) => {
  expect(() => decodeRequest(Buffer.from(body))).toThrow(sentence);
});
