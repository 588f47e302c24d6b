import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Ollama } from 'ollama';
import OpenAI from 'openai';
import { expect, test, vi } from 'vitest';
import { writeScriptedModel } from '../testing/scripted-gguf.ts';
import { startTestRuntime } from '../testing/start-test-runtime.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';

vi.setConfig({ testTimeout: 120_000 });

function homeWithModel(): string {
  const home = join(temporaryFolder(), 'new');
  const path = join(home, 'models', 'test', 'hello', 'hello.gguf');
  mkdirSync(dirname(path), { recursive: true });
  writeScriptedModel(path, { says: 'Hello there.' });
  return home;
}

test('E8: a real engine answers responses, and a restart goes on from what was kept', async () => {
  const home = homeWithModel();
  const first = await startTestRuntime(home);
  const clientOf = (origin: string) =>
    new OpenAI({ apiKey: 'keyless', baseURL: `${origin}/v1`, maxRetries: 0 });
  const openai = clientOf(first.runtime.origin);
  const whole = await openai.responses.create({ model: 'hello', input: 'Hi' });
  expect(whole).toMatchObject({ status: 'completed', output_text: 'Hello there.' });
  const streamed = await openai.responses
    .stream({ model: 'hello', input: 'Again', previous_response_id: whole.id })
    .finalResponse();
  expect(streamed.output_text).toBe('Hello there.');
  expect(streamed.usage?.input_tokens).toBeGreaterThan(whole.usage?.input_tokens ?? Infinity);
  await first.runtime.stop();
  const second = await startTestRuntime(home);
  const later = await clientOf(second.runtime.origin).responses.create({
    ...{ model: 'hello', input: 'Once more', previous_response_id: streamed.id },
  });
  expect(later.usage?.input_tokens).toBeGreaterThan(streamed.usage?.input_tokens ?? Infinity);
});

test('E8: a real engine answers clients of Ollama', async () => {
  const { runtime } = await startTestRuntime(homeWithModel());
  const ollama = new Ollama({ host: runtime.origin });
  const model = 'hello';
  const loaded = await ollama.chat({ model, messages: [] });
  expect(loaded).toMatchObject({ done: true, done_reason: 'load' });
  const chat = await ollama.chat({ model, messages: [{ role: 'user', content: 'Hi' }] });
  expect(chat.message.content).toBe('Hello there.');
  expect(chat.eval_count).toBeGreaterThan(0);
  expect(chat.eval_duration).toBeGreaterThan(0);
  expect(chat.total_duration).toBeGreaterThanOrEqual(chat.eval_duration);
  const stream = await ollama.generate({ model, prompt: 'Hi', stream: true });
  const parts = await Array.fromAsync(stream);
  expect(parts.map(({ response }) => response).join('')).toBe('Hello there.');
  expect(parts.at(-1)).toMatchObject({ done: true, done_reason: 'stop' });
  const listed = (await ollama.list()).models.find(({ name }) => name === chat.model);
  expect(listed?.details).toMatchObject({ format: 'gguf', family: 'llama' });
  expect(listed?.size).toBeGreaterThan(0);
});
