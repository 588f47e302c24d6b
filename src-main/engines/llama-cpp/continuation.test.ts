import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ChatInput, InferenceChunk, InferenceRequest } from '../../core/inference.ts';
import { tinyRandomModel, writeRandomModel } from '../../testing/random-gguf.ts';
import { hermesCall, writeScriptedModel } from '../../testing/scripted-gguf.ts';
import { chatRequest, chunksOf, failureOf, finishOf, textOf } from '../engine.contract.ts';
import { createForkLauncher } from '../../platform/fork-launcher.ts';
import { programFilesAt } from '../../platform/program-files.ts';
import { systemClock } from '../../platform/system-clock.ts';
import type { InferenceEngine } from '../engine.ts';
import { createHostedEngineFactory } from '../hosting/hosted-engine-factory.ts';
import { LlamaEngine } from './llama-engine.ts';
import { digestOfTokens } from './slots.ts';

const guidePath = join(import.meta.dirname, '../../../resources/models/guide/guide-q8_0.gguf');
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'millpond-continuation-'));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** One slot, so that what it holds is what the newest request evaluated. */
function load(path: string, slots = 1): Promise<LlamaEngine> {
  return LlamaEngine.load({ path, options: { slots }, defaultThreads: 1, gpu: false });
}

function tokensOf(chunks: readonly InferenceChunk[]): number[] {
  return chunks.flatMap((chunk) => ('tokens' in chunk ? chunk.tokens : []));
}

function greedy(question: string, more: Partial<ChatInput> = {}): InferenceRequest {
  return chatRequest(question, { sampling: { temperature: 0 }, ...more });
}

/** A small generator with a seed: the cuts are random and the same in every run. */
function cuts(count: number, below: number, seed: number): number[] {
  let state = seed;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return 1 + (state % (below - 1));
  });
}

interface Cut {
  readonly evaluatedSame: boolean;
  readonly wentOnSame: boolean;
}

/** Cuts the answer at `at` tokens and lets a second engine go on from there. */
async function cutAndGoOn(
  second: InferenceEngine,
  prompt: readonly number[],
  whole: readonly number[],
  at: number,
): Promise<Cut> {
  const delivered = whole.slice(0, at);
  const base = greedy(question, { continuation: { tokens: delivered }, maxTokens: at + 8 });
  const rest = tokensOf(await chunksOf(second, base));
  // The token drawn last is never evaluated.
  const evaluated = [...prompt, ...delivered, ...rest].slice(0, -1);
  const finished = second.slots()[0];
  return {
    evaluatedSame:
      finished?.heldDigest === digestOfTokens(evaluated.slice(0, finished?.heldTokens)),
    wentOnSame: rest.every((token, index) => token === whole[at + index]),
  };
}

const question = 'Count to 40';

/** An engine in a process of its own, as the program runs it; one slot, as above. */
function loadInProcess(path: string): Promise<InferenceEngine> {
  const files = programFilesAt(join(import.meta.dirname, '..', '..'));
  const factory = createHostedEngineFactory({
    launcher: createForkLauncher(files),
    clock: systemClock,
    defaultThreads: 1,
  });
  return factory.load({
    model: { id: 'm', name: 'M', format: 'gguf', path, sizeBytes: 1, source: 'library' },
    options: { slots: 1 },
    onProgress: () => undefined,
    signal: AbortSignal.timeout(60_000),
  });
}

describe.each([
  ['Guide', () => guidePath],
  [
    'a random transformer',
    () => {
      const path = join(folder, 'random.gguf');
      writeRandomModel(path, tinyRandomModel);
      return path;
    },
  ],
])('%s, cut at 40 random tokens', (name, makePath) => {
  test('goes on in a second process from exactly the prompt and what was delivered', async () => {
    const path = makePath();
    const reader = await load(path);
    const [first, second] = await Promise.all([loadInProcess(path), loadInProcess(path)]);
    try {
      const whole = tokensOf(await chunksOf(first, greedy(question, { maxTokens: 100 })));
      const prompt = await promptTokens(reader);
      const results: Cut[] = [];
      for (const at of cuts(40, whole.length, 7)) {
        results.push(await cutAndGoOn(second, prompt, whole, at));
      }
      expect(results.filter((result) => !result.evaluatedSame)).toEqual([]);
      const same = results.filter((result) => result.wentOnSame).length;
      // Equality over the seam is a rate, not a promise: batches of other shapes round otherwise.
      process.stdout.write(`greedy equality over the seam, ${name}: ${String(same)} of 40\n`);
      expect(same / results.length).toBeGreaterThanOrEqual(0.9);
    } finally {
      await Promise.all([reader.dispose(), first.dispose(), second.dispose()]);
    }
  });
});

/** The ids of the prompt, found by what the slot holds after answering it with a single token. */
async function promptTokens(engine: LlamaEngine): Promise<readonly number[]> {
  const { input } = greedy(question);
  if (input.task !== 'chat') throw new Error('not a chat');
  const one = finishOf(await chunksOf(engine, greedy(question, { maxTokens: 1 })));
  const held = engine.slots()[0];
  const prompt = engine.promptOf(input);
  expect(one.usage.promptTokens).toBe(prompt.length);
  expect(held?.heldDigest).toBe(digestOfTokens(prompt));
  return prompt;
}

describe('inside the parts of an answer', () => {
  test('goes on in the middle of a thought, in the same channel', async () => {
    const path = join(folder, 'thinker.gguf');
    writeScriptedModel(path, {
      says: ['<think>', 'one', ' two', ' three', '</think>', 'four', ' five'],
      reasoning: true,
    });
    const engine = await load(path);
    const whole = await chunksOf(engine, greedy('Go'));
    const tokens = tokensOf(whole).slice(0, 3);
    const rest = await chunksOf(engine, greedy('Go', { continuation: { tokens } }));
    const thought = rest.flatMap((chunk) => (chunk.type === 'reasoning' ? [chunk.text] : []));
    expect(thought.join('').trim()).toBe('three');
    expect(textOf(rest)).toBe('four five');
    // What was delivered before is not counted again: it was somebody else's work.
    expect(finishOf(rest).usage.completionTokens).toBe(
      finishOf(whole).usage.completionTokens - tokens.length,
    );
    await engine.dispose();
  });

  test('goes on in the middle of a tool call without announcing it again', async () => {
    const path = join(folder, 'caller.gguf');
    const says = hermesCall('get_weather', { city: 'Paris, but only when it is sunny there' });
    writeScriptedModel(path, { says, tools: true });
    const engine = await load(path);
    const tools = [
      {
        name: 'get_weather',
        parameters: {
          type: 'object',
          properties: { city: { type: 'string' } },
          required: ['city'],
        },
      },
    ];
    const whole = await chunksOf(engine, greedy('Go', { tools }));
    const all = whole.filter((chunk) => chunk.type === 'tool-call');
    const begun = all.slice(0, 4);
    expect(all.length).toBeGreaterThan(begun.length);
    const rest = await chunksOf(
      engine,
      greedy('Go', { tools, continuation: { tokens: tokensOf(begun) } }),
    );
    const more = rest.filter((chunk) => chunk.type === 'tool-call');
    expect(more.every((chunk) => chunk.id === undefined && chunk.index === 0)).toBe(true);
    const joined = [...begun, ...more].map((chunk) => chunk.argumentsDelta).join('');
    expect(joined).toBe(all.map((chunk) => chunk.argumentsDelta).join(''));
    expect(finishOf(rest).reason).toBe('tool-calls');
    await engine.dispose();
  });

  test('goes on under the grammar that the answer began with', async () => {
    const engine = await load(guidePath);
    const format = {
      type: 'json-schema',
      name: 'x',
      schema: {
        type: 'object',
        properties: { size: { enum: ['small', 'large'] }, count: { type: 'integer', maximum: 99 } },
        required: ['size', 'count'],
        additionalProperties: false,
      },
    } as const;
    const whole = await chunksOf(engine, greedy('A mill', { format }));
    const tokens = tokensOf(whole);
    for (let at = 1; at < tokens.length; at += 4) {
      const continuation = { tokens: tokens.slice(0, at) };
      const rest = await chunksOf(engine, greedy('A mill', { format, continuation }));
      expect(tokensOf(rest)).toEqual(tokens.slice(at));
    }
    const wrong = greedy('A mill', { format, continuation: { text: 'Hello' } });
    expect(await failureOf(chunksOf(engine, wrong))).toMatchObject({
      code: 'invalid-request',
      param: 'continuation',
    });
    await engine.dispose();
  });

  test('goes on from text', async () => {
    const engine = await load(guidePath);
    const rest = await chunksOf(
      engine,
      greedy('Count to 20', { continuation: { text: '1, 2, 3,' } }),
    );
    expect(textOf(rest)).toMatch(/^ 4, 5, 6/);
    await engine.dispose();
  });
});

describe('tenants', () => {
  test('never share a slot, also for the same beginning', async () => {
    const engine = await load(guidePath, 2);
    const asked = greedy('What is Millpond and what can it do for me and my friends?');
    const from = (tenant: string): InferenceRequest => ({
      ...asked,
      envelope: { ...asked.envelope, tenant },
    });
    const first = finishOf(await chunksOf(engine, from('a')));
    const other = finishOf(await chunksOf(engine, from('b')));
    const own = finishOf(await chunksOf(engine, from('a')));
    const third = finishOf(await chunksOf(engine, from('c')));
    expect(first.usage.cachedTokens).toBe(0);
    expect(other.usage.cachedTokens).toBe(0);
    expect(own.usage.cachedTokens).toBe(own.usage.promptTokens - 1);
    expect(third.usage.cachedTokens).toBe(0);
    const slots = engine.slots();
    expect(slots.map((slot) => slot.tenant).toSorted()).toEqual(['a', 'c']);
    // The same tokens were evaluated for both: nothing of another tenant's state slipped in.
    expect(new Set(slots.map((slot) => slot.heldDigest)).size).toBe(1);
    await engine.dispose();
  });

  test('get a slot wiped for them while other streams keep the engine busy', async () => {
    const engine = await load(guidePath, 4);
    const from = (tenant: string, text: string): InferenceRequest => {
      const asked = greedy(text);
      return { ...asked, envelope: { ...asked.envelope, tenant } };
    };
    for (const tenant of ['a', 'b', 'c', 'd'])
      await chunksOf(engine, from(tenant, 'What is Millpond?'));
    let ended = 0;
    const begun = ['a', 'b', 'c'].map(() => Promise.withResolvers<undefined>());
    const streams = ['a', 'b', 'c'].map(async (tenant, index) => {
      const { signal } = new AbortController();
      for await (const chunk of engine.infer(from(tenant, 'Count to 200'), { signal })) {
        if (chunk.type === 'text') begun[index]?.resolve(undefined);
      }
      ended += 1;
    });
    await Promise.all(begun.map((one) => one.promise));
    const short = finishOf(await chunksOf(engine, from('e', 'What is Millpond?')));
    expect(short.usage.cachedTokens).toBe(0);
    expect(ended).toBe(0);
    await Promise.all(streams);
    await engine.dispose();
  });
});
