import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { ModelManifest } from '../../src-main/core/model.ts';
import { streamEvents } from '../support/event-stream.ts';
import { freePort } from '../support/free-port.ts';
import { AnswerRecorder } from './contestant.ts';
import type { AnswerRecord, Contestant, EngineShape, Generation, Prompt } from './contestant.ts';

/** What the server says at the end of an answer about the prompt it read. */
const timings = z.object({ timings: z.object({ cache_n: z.int(), prompt_n: z.int() }) });
const completionEvent = z.object({ content: z.string(), tokens: z.array(z.int()) });
const chatEvent = z.object({
  choices: z.array(z.object({ delta: z.object({ content: z.string().nullish() }) })),
});

/** llama.cpp's own server on one thread, over HTTP on loopback. Ended by its process id. */
export async function startLlamaServer(
  program: string,
  model: ModelManifest,
  shape: EngineShape,
  signal: AbortSignal,
): Promise<Contestant> {
  const port = await freePort();
  const child = spawn(program, argumentsFor(model, shape, port), { stdio: 'ignore' });
  try {
    await ready(child, port, signal);
  } catch (error) {
    await endProcess(child);
    throw error;
  }
  return {
    name: 'llama-server',
    generate: (generation) => generate(port, generation),
    [Symbol.asyncDispose]: () => endProcess(child),
  };
}

function argumentsFor(model: ModelManifest, shape: EngineShape, port: number): string[] {
  const options = {
    '--model': model.path,
    '--host': '127.0.0.1',
    '--port': port,
    '--threads': 1,
    '--threads-batch': 1,
    '--parallel': shape.slots,
    '--ctx-size': shape.slots * shape.contextLength,
    '--gpu-layers': 0,
  };
  return Object.entries(options).flatMap(([name, value]) => [name, String(value)]);
}

async function generate(port: number, generation: Generation): Promise<AnswerRecord> {
  const { prompt, signal, maxTokens } = generation;
  const recorder = new AnswerRecorder(generation);
  let usage: AnswerRecord['usage'];
  const onEvent = (data: string): void => {
    if (data === '[DONE]') return;
    const event: unknown = JSON.parse(data);
    const arrived = readEvent(prompt, event);
    recorder.arrived(arrived.tokens, arrived.text);
    const end = timings.safeParse(event);
    if (!end.success) return;
    const { cache_n: cachedTokens, prompt_n: readTokens } = end.data.timings;
    usage = { promptTokens: cachedTokens + readTokens, cachedTokens };
  };
  try {
    const path = 'tokens' in prompt ? '/completion' : '/v1/chat/completions';
    const body = bodyOf(prompt, maxTokens);
    // The server closes idle connections on its own: each answer gets a new one.
    await streamEvents({ port, path }, body, { onEvent, signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return recorder.record(usage);
}

function readEvent(
  prompt: Prompt,
  event: unknown,
): { readonly tokens: number; readonly text: string } {
  if ('tokens' in prompt) {
    const piece = completionEvent.safeParse(event).data;
    return { tokens: piece?.tokens.length ?? 0, text: piece?.content ?? '' };
  }
  const text = chatEvent.safeParse(event).data?.choices[0]?.delta.content ?? '';
  return { tokens: text === '' ? 0 : 1, text };
}

/** Greedy with the shortest chain of samplers: the server at its fastest. */
function bodyOf(prompt: Prompt, maxTokens: number): Record<string, unknown> {
  const greedy = { samplers: ['top_k'], top_k: 1, temperature: 0, cache_prompt: true };
  if ('tokens' in prompt) {
    const { tokens } = prompt;
    return { prompt: tokens, n_predict: maxTokens, stream: true, return_tokens: true, ...greedy };
  }
  const messages = prompt.messages.map(({ role, text }) => ({ role, content: text }));
  return { messages, max_tokens: maxTokens, stream: true, ...greedy };
}

const readyWithinMs = 60_000;

async function ready(child: ChildProcess, port: number, signal: AbortSignal): Promise<void> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(readyWithinMs)]);
  const failed = new Promise<never>((_resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      reject(new Error(`llama-server ended with status ${String(code)} before it was ready`));
    });
  });
  while (!(await Promise.race([isHealthy(port), failed]))) {
    await sleep(100, undefined, { signal: limit });
  }
  failed.catch(() => {}); // It ends at last, which is no failure any more.
}

function isHealthy(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get({ host: '127.0.0.1', port, path: '/health', agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on('error', () => {
      resolve(false); // Not listening yet.
    });
  });
}

async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}
