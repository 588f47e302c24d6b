import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { MillpondError } from '../../core/error.ts';
import type { InferenceChunk, InferenceRequest } from '../../core/inference.ts';
import { startGateway } from '../../testing/gateway-fixture.ts';
import type { GatewayFixture } from '../../testing/gateway-fixture.ts';
import { expectValid, loadSchema, problemsOf } from '../../testing/openai-schema/openai-schema.ts';
import type { WireKind } from '../../testing/openai-schema/wire-types.ts';
import {
  createScriptedBackend,
  finishChunk,
  scriptedHead,
} from '../../testing/scripted-backend.ts';
import type { ScriptStep } from '../../testing/scripted-backend.ts';

const logprobs = [
  { text: 'a', token: 1, logprob: -0.5, top: [{ text: 'b', token: 2, logprob: -2 }] },
];
const text: InferenceChunk = { type: 'text', text: 'a' };
const calls: InferenceChunk[] = [
  { type: 'tool-call', index: 0, id: 'call_1', name: 'weather', argumentsDelta: '{"city":' },
  { type: 'tool-call', index: 0, argumentsDelta: '"Oslo"}' },
  { type: 'tool-call', index: 1, id: 'call_2', name: 'weather', argumentsDelta: '{}' },
];
const broken = new MillpondError('engine-crashed', 'The engine stopped');

/** Answers of every kind that a model gives. */
const answers: Readonly<Record<string, readonly ScriptStep[]>> = {
  text: [scriptedHead, text, finishChunk(1)],
  'a cut text': [scriptedHead, text, finishChunk(1, 'length')],
  'a filtered text': [scriptedHead, text, finishChunk(1, 'content-filter')],
  nothing: [scriptedHead, finishChunk(0)],
  'tool calls': [scriptedHead, text, ...calls, finishChunk(9, 'tool-calls')],
  reasoning: [scriptedHead, { type: 'reasoning', text: 'hmm' }, text, finishChunk(2)],
  'log probabilities': [scriptedHead, { ...text, logprobs }, finishChunk(1)],
  'two choices': [
    scriptedHead,
    text,
    { ...text, choice: 1 },
    finishChunk(1, 'stop', 0),
    finishChunk(1, 'length', 1),
  ],
  'weights that nobody knows': [
    {
      ...scriptedHead,
      servedBy: { upstream: 'x', machine: 'x', model: 'guide' },
    } as InferenceChunk,
    text,
    finishChunk(1),
  ],
};

let script: (request: InferenceRequest) => Iterable<ScriptStep>;
let fixture: GatewayFixture;

beforeAll(loadSchema, 60_000);

beforeEach(async () => {
  fixture = await startGateway(createScriptedBackend((request) => script(request)));
});

afterEach(async () => {
  await fixture.gateway.stop();
});

/** The data of each event of a stream; `[DONE]` is none. */
function eventsOf(stream: string): readonly unknown[] {
  return stream
    .split('\n\n')
    .flatMap((frame) => /^data: (.*)$/m.exec(frame)?.[1] ?? [])
    .filter((data) => data !== '[DONE]')
    .map((data): unknown => JSON.parse(data));
}

async function checkBoth(
  path: string,
  body: object,
  [whole, event]: readonly [WireKind, WireKind],
): Promise<void> {
  const answer = await fixture.post(path, body);
  expect(answer.status).toBe(200);
  expectValid(whole, answer.json());
  const stream = await fixture.post(path, { ...body, stream: true });
  const events = eventsOf(stream.text);
  expect(events.length).toBeGreaterThan(0);
  for (const each of events) expectValid(event, each);
}

describe.each(Object.entries(answers))('valid against the public schema: %s', (name, steps) => {
  beforeEach(() => {
    script = () => steps;
  });
  const n = name === 'two choices' ? 2 : 1;
  const wantsLogprobs = name === 'log probabilities';

  test('chat', async () => {
    const messages = [{ role: 'user', content: 'Hi' }];
    const body = { model: 'guide', messages, n, logprobs: wantsLogprobs };
    await checkBoth('/v1/chat/completions', body, ['chat', 'chatChunk']);
    const withUsage = { ...body, stream: true, stream_options: { include_usage: true } };
    const events = eventsOf((await fixture.post('/v1/chat/completions', withUsage)).text);
    for (const each of events) expectValid('chatChunk', each);
    expect(events.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: 7 } });
  });

  test.skipIf(name === 'tool calls')('completions', async () => {
    const body = { model: 'guide', prompt: 'Say', n, ...(wantsLogprobs && { logprobs: 1 }) };
    await checkBoth('/v1/completions', body, ['completion', 'completionChunk']);
  });

  test.skipIf(n > 1)('responses', async () => {
    const tool = { type: 'function', name: 'weather', parameters: {}, strict: true };
    const format = { type: 'json_schema', name: 'place', schema: { type: 'object' } };
    const body = {
      ...{ model: 'guide', input: 'Hi', instructions: 'x', metadata: { a: 'b' }, top_p: 0.5 },
      ...{ tools: [tool], tool_choice: 'auto', text: { format }, reasoning: { effort: 'low' } },
      ...(wantsLogprobs && { include: ['message.output_text.logprobs'], top_logprobs: 1 }),
    };
    await checkBoth('/v1/responses', body, ['response', 'responseEvent']);
  });
});

test('a response that is kept, its input and one that goes on from it are valid', async () => {
  script = () => answers['tool calls'] ?? [];
  const made = await fixture.post('/v1/responses', {
    model: 'guide',
    input: [
      { role: 'developer', content: 'x' },
      { role: 'user', content: [{ type: 'input_text', text: 'What?' }] },
      {
        type: 'reasoning',
        id: 'rs_1',
        summary: [],
        content: [{ type: 'reasoning_text', text: 'h' }],
      },
      { role: 'assistant', content: 'Hm' },
      { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' },
      { type: 'function_call_output', call_id: 'c', output: 'x' },
    ],
  });
  const { id } = made.json() as { id: string };
  expectValid('response', (await fixture.send({ path: `/v1/responses/${id}` })).json());
  const items = await fixture.send({ path: `/v1/responses/${id}/input_items?order=asc` });
  expectValid('responseItems', items.json());
  const next = { model: 'guide', input: 'Go on', previous_response_id: id };
  expectValid('response', (await fixture.post('/v1/responses', next)).json());
});

test('a response that breaks off is valid to its last event', async () => {
  script = () => [scriptedHead, { type: 'reasoning', text: 'h' }, text, ...calls, broken];
  const body = { model: 'guide', input: 'Hi', stream: true };
  const events = eventsOf((await fixture.post('/v1/responses', body)).text);
  for (const each of events) expectValid('responseEvent', each);
  expect(events.at(-1)).toMatchObject({ type: 'response.failed' });
});

test('embeddings and models are valid', async () => {
  script = () => [scriptedHead, { type: 'embedding', index: 0, vector: [0.5] }, finishChunk(0)];
  const embeddings = await fixture.post('/v1/embeddings', { model: 'guide', input: 'a' });
  expectValid('embeddings', embeddings.json());
  expectValid('modelList', (await fixture.send({ path: '/v1/models' })).json());
  expectValid('model', (await fixture.send({ path: '/v1/models/guide' })).json());
});

test.each<readonly [string, object, readonly ScriptStep[]]>([
  ['/v1/chat/completions', { model: 'nothing', messages: [{ role: 'user', content: 'x' }] }, []],
  ['/v1/chat/completions', { messages: [] }, []],
  [
    '/v1/chat/completions',
    { model: 'guide', messages: [{ role: 'user', content: 'x' }] },
    [broken],
  ],
  ['/v1/responses', { model: 'guide', input: 'x', background: true }, []],
  ['/v1/nothing', {}, []],
])('errors are valid: %s %j', async (path, body, steps) => {
  script = () => steps;
  const answer = await fixture.post(path, body);
  expect(answer.status).toBeGreaterThanOrEqual(400);
  expectValid('error', answer.json());
});

describe('the schema itself', () => {
  const choice = {
    ...{ index: 0, finish_reason: 'stop', logprobs: null },
    message: { role: 'assistant', content: 'a', refusal: null },
  };
  const chat = { id: 'x', object: 'chat.completion', created: 1, model: 'm', choices: [choice] };

  test('takes what is right and names what is wrong', () => {
    expect(problemsOf('chat', chat)).toEqual([]);
    const wrong: readonly (readonly [object, RegExp])[] = [
      [{ ...chat, created: 'now' }, /^\/created must be number/],
      [{ ...chat, object: 'chat' }, /^\/object must be equal to constant/],
      [{ ...chat, choices: [{ ...choice, index: null }] }, /^\/choices\/0\/index must be number/],
      [{ ...chat, choices: undefined }, /choices/],
      [{ ...chat, surprise: 1 }, /must NOT have additional properties/],
      [{ ...chat, choices: [{ ...choice, finish_reason: 'done' }] }, /finish_reason/],
    ];
    for (const [value, sentence] of wrong) {
      const problems = problemsOf('chat', JSON.parse(JSON.stringify(value)));
      expect(problems.join('\n')).toMatch(sentence);
    }
  });

  test('tells events apart by their type', () => {
    const delta = { type: 'response.output_text.delta', sequence_number: 1, output_index: 0 };
    const whole = { ...delta, item_id: 'i', content_index: 0, delta: 'a', logprobs: [] };
    expect(problemsOf('responseEvent', whole)).toEqual([]);
    expect(problemsOf('responseEvent', { ...whole, logprobs: undefined })).not.toEqual([]);
    expect(problemsOf('responseEvent', { ...whole, type: 'response.dream' })).not.toEqual([]);
  });
});
