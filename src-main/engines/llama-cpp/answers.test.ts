import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ChatInput, InferenceChunk } from '../../core/inference.ts';
import { countingPieces, writeScriptedModel } from '../../testing/scripted-gguf.ts';
import type { ScriptedModelOptions } from '../../testing/scripted-gguf.ts';
import {
  chatRequest,
  chunksOf,
  failureOf,
  finishOf,
  requestOf,
  textOf,
} from '../engine.contract.ts';
import { LlamaEngine } from './llama-engine.ts';

const guidePath = join(import.meta.dirname, '../../../resources/models/guide/guide-q8_0.gguf');
let folder: string;
let guide: LlamaEngine;
let scripted: LlamaEngine | undefined;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'millpond-answers-'));
  guide = await load(guidePath);
});

afterEach(async () => {
  await scripted?.dispose();
  scripted = undefined;
});

afterAll(async () => {
  await guide.dispose();
  rmSync(folder, { recursive: true });
});

function load(path: string): Promise<LlamaEngine> {
  return LlamaEngine.load({ path, options: { slots: 2 }, defaultThreads: 1, gpu: false });
}

async function modelThatSays(options: ScriptedModelOptions): Promise<LlamaEngine> {
  const path = join(folder, 'scripted.gguf');
  writeScriptedModel(path, options);
  scripted = await load(path);
  return scripted;
}

function ask(engine: LlamaEngine, question: string, more: Partial<ChatInput> = {}) {
  return chunksOf(engine, chatRequest(question, { sampling: { temperature: 0 }, ...more }));
}

function tokensOf(chunks: readonly InferenceChunk[]): number[] {
  return chunks.flatMap((chunk) => ('tokens' in chunk ? chunk.tokens : []));
}

function reasoningOf(chunks: readonly InferenceChunk[]): string {
  return chunks.map((chunk) => (chunk.type === 'reasoning' ? chunk.text : '')).join('');
}

describe('reasoning', () => {
  test('comes in a channel of its own, without a trace of a tag that was cut over tokens', async () => {
    const engine = await modelThatSays({
      says: ['<th', 'ink>', '\nLet me', ' see', '.\n</', 'thi', 'nk>\n\n', 'It is', ' noon.'],
      reasoning: true,
    });
    const chunks = await ask(engine, 'What time is it?');
    expect(reasoningOf(chunks).trim()).toBe('Let me see.');
    expect(textOf(chunks)).toBe('It is noon.');
    const { usage } = finishOf(chunks);
    expect(usage.reasoningTokens).toBeGreaterThanOrEqual(5);
    expect(usage.completionTokens).toBe(9);
    expect(tokensOf(chunks)).toHaveLength(9);
  });

  test('is closed when its budget is used up', async () => {
    const engine = await modelThatSays({
      says: ['<think>', ...countingPieces(200), '</think>', 'Done', ' thinking.'],
      reasoning: true,
    });
    const chunks = await ask(engine, 'Think!', { reasoningBudget: 10, maxTokens: 40 });
    expect(reasoningOf(chunks)).toContain('1 2 3');
    expect(reasoningOf(chunks)).not.toContain('12');
    expect(textOf(chunks)).not.toContain('think>');
  });

  test('stays out of the answer of a model that thinks although it should not', async () => {
    const engine = await modelThatSays({
      says: ['<think>', 'Hm', ' hm', '</think>', 'Noon', ' now.'],
      reasoning: true,
    });
    const chunks = await ask(engine, 'Time?', { reasoning: 'off', maxTokens: 30 });
    expect(textOf(chunks)).not.toContain('think>');
    expect(reasoningOf(chunks).trim()).toBe('');
  });
});

describe('sampling', () => {
  test('draws anew for each request without a seed', async () => {
    const draw = async () =>
      textOf(
        await ask(guide, 'Tell me a story', { sampling: { temperature: 1.5 }, maxTokens: 30 }),
      );
    expect(new Set(await Promise.all([draw(), draw(), draw()])).size).toBeGreaterThan(1);
  });

  test('gives as many choices as asked for, each with its end, and counts the prompt once', async () => {
    const chunks = await ask(guide, 'Tell me a story', {
      choices: 2,
      sampling: { temperature: 1.2, seed: 3 },
      maxTokens: 20,
    });
    const texts = [0, 1].map((choice) =>
      textOf(
        chunks.filter((chunk) => ('choice' in chunk ? chunk.choice === choice : choice === 0)),
      ),
    );
    expect(texts[0]).not.toBe(texts[1]);
    const finishes = chunks.filter((chunk) => chunk.type === 'finish');
    expect(finishes.map((finish) => finish.choice ?? 0)).toEqual([0, 1]);
    expect(finishes[1]?.usage.completionTokens).toBeLessThanOrEqual(40);
    expect(finishes[1]?.usage.promptTokens).toBe(finishes[0]?.usage.promptTokens);
  });

  test('reports log probabilities of the chosen tokens and their alternatives', async () => {
    const chunks = await ask(guide, 'Count to 10', { logprobs: { top: 3 }, maxTokens: 12 });
    const logprobs = chunks.flatMap((chunk) =>
      chunk.type === 'text' ? (chunk.logprobs ?? []) : [],
    );
    expect(logprobs).toHaveLength(tokensOf(chunks).length);
    for (const { logprob, text, token, top } of logprobs) {
      expect(logprob).toBeLessThanOrEqual(0);
      expect(top).toHaveLength(3);
      expect(top[0]).toEqual({ logprob, text, token });
      expect(top.map((one) => one.logprob)).toEqual(
        top.map((one) => one.logprob).toSorted((a, b) => b - a),
      );
    }
    expect(logprobs.map((one) => one.text).join('')).toBe(textOf(chunks));
  });

  test('never writes a token that is biased away, and always one that is biased to', async () => {
    const first = tokensOf(await ask(guide, 'What is Millpond?', { maxTokens: 1 }))[0] ?? -1;
    const without = await ask(guide, 'What is Millpond?', {
      sampling: { temperature: 0, logitBias: { [first]: -100 } },
    });
    expect(tokensOf(without)).not.toContain(first);
    const only = await ask(guide, 'What is Millpond?', {
      sampling: { temperature: 0, logitBias: { [first]: 100 } },
      maxTokens: 5,
    });
    expect(tokensOf(only)).toEqual([first, first, first, first, first]);
  });

  test('repeats less under a penalty', async () => {
    const mostRepeated = async (sampling: ChatInput['sampling']): Promise<number> => {
      const tokens = tokensOf(await ask(guide, 'Count to 50', { sampling, maxTokens: 60 }));
      return Math.max(...tokens.map((one) => tokens.filter((other) => other === one).length));
    };
    const plain = await mostRepeated({ temperature: 0 });
    expect(await mostRepeated({ temperature: 0, frequencyPenalty: 2 })).toBeLessThan(plain);
    expect(await mostRepeated({ temperature: 0, presencePenalty: 2 })).toBeLessThanOrEqual(plain);
    expect(await mostRepeated({ temperature: 0, repeatPenalty: 1.5 })).toBeLessThan(plain);
  });
});

describe('completions', () => {
  const completion = {
    task: 'completion',
    sampling: { temperature: 0 },
    stop: [],
    choices: 1,
    echo: false,
    format: { type: 'text' },
    maxTokens: 5,
  } as const;

  test('go on from text and from token ids alike', async () => {
    const text = await chunksOf(guide, requestOf({ ...completion, prompt: 'Millpond is' }));
    const held = await guide.countTokens('Millpond is', new AbortController().signal);
    expect(finishOf(text).usage.promptTokens).toBeGreaterThanOrEqual(held);
    const again = await chunksOf(guide, requestOf({ ...completion, prompt: [1, 2, 3] }));
    expect(finishOf(again).usage).toMatchObject({ promptTokens: 3, completionTokens: 5 });
  });

  test('repeat the prompt when asked to', async () => {
    const chunks = await chunksOf(
      guide,
      requestOf({ ...completion, prompt: 'One, two', echo: true }),
    );
    expect(textOf(chunks).startsWith('One, two')).toBe(true);
    expect(finishOf(chunks).usage.completionTokens).toBe(5);
  });

  test('refuse a suffix for a model that was not taught to fill in', async () => {
    const failure = await failureOf(
      chunksOf(guide, requestOf({ ...completion, prompt: 'a', suffix: 'b' })),
    );
    expect(failure).toMatchObject({ code: 'unsupported-capability', param: 'suffix' });
  });

  test('refuse ids outside the vocabulary before native code sees them', async () => {
    const failure = await failureOf(
      chunksOf(guide, requestOf({ ...completion, prompt: [1, 999_999] })),
    );
    expect(failure).toMatchObject({ code: 'invalid-request', param: 'prompt' });
    expect(failure.message).toContain('999999');
  });
});

describe('what a model cannot do', () => {
  test('pictures are refused by the name of the capability', async () => {
    const content = [{ type: 'image', url: 'data:image/png;base64,AA==' }] as const;
    const failure = await failureOf(ask(guide, 'x', { messages: [{ role: 'user', content }] }));
    expect(failure).toMatchObject({ code: 'unsupported-capability', reason: 'vision' });
  });

  test('ranking is refused by the name of the capability', async () => {
    const failure = await failureOf(
      chunksOf(guide, requestOf({ task: 'rerank', query: 'a', documents: ['b'] })),
    );
    expect(failure).toMatchObject({ code: 'unsupported-capability', reason: 'rerank' });
  });
});

test('counts the prompt of a chat as an answer to it then does', async () => {
  const { input } = chatRequest('What is Millpond?', {});
  if (input.task !== 'chat') throw new Error('not a chat');
  const { messages, tools } = input;
  const counted = await chunksOf(guide, requestOf({ task: 'count', messages, tools }));
  const answered = await ask(guide, 'What is Millpond?', { maxTokens: 1 });
  expect(finishOf(counted).usage.promptTokens).toBe(finishOf(answered).usage.promptTokens);
  expect(finishOf(counted).usage.completionTokens).toBe(0);
});

test('reads a conversation that goes on only from where it was left', async () => {
  const first = await ask(guide, 'What is Millpond?');
  const messages = [
    { role: 'user', content: [{ type: 'text', text: 'What is Millpond?' }] },
    { role: 'assistant', text: textOf(first) },
    { role: 'user', content: [{ type: 'text', text: 'Is it free?' }] },
  ] as const;
  const second = finishOf(await ask(guide, '', { messages }));
  const { usage } = finishOf(first);
  expect(second.usage.cachedTokens).toBeGreaterThanOrEqual(
    usage.promptTokens + usage.completionTokens - 1,
  );
});
