import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Template } from '@huggingface/jinja';
import { getLlama, LlamaLogLevel, readGgufFileInfo, type Llama, type Token } from 'node-llama-cpp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { random100MModel, random20MModel, tinyRandomModel } from './random-gguf.ts';
import { parameterCountOf, writeRandomModel } from './random-gguf.ts';
import { countingPieces, hermesCall, scriptedWhen, writeScriptedModel } from './scripted-gguf.ts';

let folder: string;
let llama: Llama;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'millpond-gguf-'));
  llama = await getLlama({
    build: 'never',
    gpu: false,
    maxThreads: 1,
    logLevel: LlamaLogLevel.disabled,
  });
});

afterAll(async () => {
  await llama.dispose();
  rmSync(folder, { recursive: true, force: true });
});

interface Chat {
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  readonly tools?: readonly unknown[];
  readonly enable_thinking?: boolean;
}

const asking = (content: string): Chat => ({ messages: [{ role: 'user', content }] });

interface Sampling {
  readonly temperature?: number;
  readonly limit?: number;
}

/** Renders the file's own template, then decodes until the turn ends. */
async function answerOf(path: string, chat: Chat, sampling: Sampling = {}): Promise<string[]> {
  await using model = await llama.loadModel({ modelPath: path, gpuLayers: 0 });
  await using context = await model.createContext({ contextSize: 2048, threads: 1 });
  const template = new Template(model.fileInfo.metadata.tokenizer.chat_template ?? '');
  const prompt = template.render({ ...chat, add_generation_prompt: true });
  const said: Token[] = [];
  const options = { temperature: sampling.temperature ?? 0 };
  for await (const token of context.getSequence().evaluate(model.tokenize(prompt, true), options)) {
    if (model.isEogToken(token)) break;
    said.push(token);
    if (said.length === sampling.limit) break;
  }
  return said.map((token) => model.detokenize([token]));
}

test('says its text token by token, then ends its turn', async () => {
  const path = join(folder, 'text.gguf');
  writeScriptedModel(path, { says: 'A mill pond feeds the mill.\n\nThe pond is 水 deep.' });
  const pieces = await answerOf(path, asking('Hello?'));
  expect(pieces.join('')).toBe('A mill pond feeds the mill.\n\nThe pond is 水 deep.');
  expect(pieces.length).toBeGreaterThan(5);
});

test('says the same at a high temperature', async () => {
  const path = join(folder, 'hot.gguf');
  writeScriptedModel(path, { says: 'Always these words and no others.' });
  const pieces = await answerOf(path, asking('Hello?'), { temperature: 2 });
  expect(pieces.join('')).toBe('Always these words and no others.');
});

test('keeps the cuts it was given, in the middle of a tag and of a call', async () => {
  const path = join(folder, 'cut.gguf');
  const says = [
    '<th',
    'ink>Let me',
    ' see.</',
    'think>',
    hermesCall('get_weather', { city: 'Oslo' }),
  ];
  writeScriptedModel(path, { says, tools: true, reasoning: true });
  expect(await answerOf(path, asking('Hello?'))).toEqual(says);
});

test('cuts a character in two when it is given bytes', async () => {
  const path = join(folder, 'bytes.gguf');
  const bytes = Buffer.from('深水');
  writeScriptedModel(path, { says: ['deep', bytes.subarray(0, 4), bytes.subarray(4)] });
  await using model = await llama.loadModel({ modelPath: path, gpuLayers: 0 });
  const ids = [...model.iterateAllTokens()].slice(256, 259);
  expect(model.detokenize(ids)).toBe('deep深水');
});

test('counts to a thousand, one token a number', async () => {
  const path = join(folder, 'count.gguf');
  writeScriptedModel(path, { says: countingPieces(1000) });
  const pieces = await answerOf(path, asking('Count.'));
  expect(pieces.map(Number)).toEqual(Array.from({ length: 1000 }, (_, index) => index + 1));
});

test('picks the answer by the prompt, the tools and the thinking switch', async () => {
  const path = join(folder, 'several.gguf');
  writeScriptedModel(path, {
    tools: true,
    reasoning: true,
    says: [
      { when: scriptedWhen.toolAnswered, says: 'It is 7 degrees in Oslo.' },
      { when: scriptedWhen.toolsGiven, says: hermesCall('get_weather', { city: 'Oslo' }) },
      { when: scriptedWhen.lastMessageHas('table'), says: '| a | b |\n| - | - |\n' },
      { when: scriptedWhen.thinkingOff, says: 'No thought.' },
      { says: '<think>A thought.</think>An answer.' },
    ],
  });
  const said = async (chat: Chat): Promise<string> => (await answerOf(path, chat)).join('');
  const tools = [{ type: 'function', function: { name: 'get_weather' } }];
  expect(await said(asking('Hello?'))).toBe('<think>A thought.</think>An answer.');
  expect(await said({ ...asking('Hello?'), enable_thinking: false })).toBe('No thought.');
  expect(await said(asking('Draw a table.'))).toBe('| a | b |\n| - | - |\n');
  expect(await said({ ...asking('Hello?'), tools })).toContain('"city":"Oslo"');
  expect(await said({ messages: [{ role: 'tool', content: '7' }], tools })).toContain('7 degrees');
});

test('carries ballast that costs no disk', async () => {
  const path = join(folder, 'ballast.gguf');
  writeScriptedModel(path, { says: 'Slowly now.', ballastParameters: 5_000_000 });
  const file = statSync(path);
  expect(file.size).toBeGreaterThan(10_000_000);
  expect(file.blocks * 512).toBeLessThan(2_000_000);
  expect((await answerOf(path, asking('Hello?'))).join('')).toBe('Slowly now.');
});

test('a random model attends to its whole prompt and repeats itself exactly', async () => {
  const path = join(folder, 'random.gguf');
  writeRandomModel(path, tinyRandomModel);
  const say = async (text: string): Promise<string> =>
    (await answerOf(path, asking(text), { limit: 32 })).join('');
  const first = await say('one brown fox and some more words');
  expect(await say('one brown fox and some more words')).toBe(first);
  expect(await say('two brown fox and some more words')).not.toBe(first);
  expect(first).toMatch(/^[ -~]+$/);
});

test('the presets have the sizes they promise', async () => {
  expect(parameterCountOf(random20MModel) / 1e6).toBeCloseTo(20, -1);
  expect(parameterCountOf(random100MModel) / 1e6).toBeCloseTo(100, -1);
  const path = join(folder, 'tiny.gguf');
  writeRandomModel(path, tinyRandomModel);
  const info = await readGgufFileInfo(path);
  expect(info.metadata.general.architecture).toBe('llama');
  expect(info.totalTensorCount).toBe(21);
});
