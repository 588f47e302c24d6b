import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { HttpClient, HttpRequest } from '../core/http.ts';
import type { CliDependencies, OwnRuntime } from './ports.ts';
import { createProgram } from './program.ts';

const guide = {
  id: 'guide',
  name: 'Guide',
  source: 'bundled',
  path: '/models/guide.gguf',
  sizeBytes: 3_555_424,
  state: { phase: 'ready', since: 1 },
  options: {},
  systemPrompt: '',
};

let out = '';
let err = '';
let requests: HttpRequest[] = [];
let started = 0;
let stopped = 0;

beforeEach(() => {
  out = '';
  err = '';
  requests = [];
  started = 0;
  stopped = 0;
});
afterEach(() => {
  process.exitCode = undefined;
});

function answering(routes: Record<string, unknown>): HttpClient {
  return {
    request(request) {
      requests.push(request);
      const key = `${request.method} ${new URL(request.url).pathname}`;
      const answer = routes[key];
      const text = typeof answer === 'string' ? answer : JSON.stringify(answer ?? {});
      async function* body(): AsyncGenerator<Uint8Array> {
        yield await Promise.resolve(new TextEncoder().encode(text));
      }
      return Promise.resolve({
        status: answer === undefined ? 404 : 200,
        headers: {},
        body: body(),
      });
    },
  };
}

async function millpond(
  words: readonly string[],
  options: { http?: HttpClient; running?: boolean; input?: string } = {},
): Promise<number> {
  const runtime: OwnRuntime = {
    port: 1,
    origin: 'http://127.0.0.1:1',
    token: 'own',
    createLoginUrl: () => 'http://127.0.0.1:1/#code=x',
    stopped: Promise.resolve(),
    stop: () => {
      stopped += 1;
      return Promise.resolve();
    },
  };
  const stdin = new PassThrough();
  stdin.end(options.input ?? '');
  const deps = {
    version: '9.9.9',
    http: options.http ?? answering({}),
    findRuntime: () =>
      Promise.resolve(options.running ? { origin: 'http://127.0.0.1:2', token: 't' } : undefined),
    startRuntime: () => {
      started += 1;
      return Promise.resolve(runtime);
    },
    openBrowser: () => Promise.resolve(true),
    stdin: Object.assign(stdin, { isTTY: false }),
    stdout: { write: (text: string) => (out += text) },
    stderr: { isTTY: false, write: (text: string) => (err += text) },
    interrupted: new AbortController().signal,
  } as unknown as CliDependencies;
  try {
    await createProgram(deps).parseAsync(words, { from: 'user' });
  } catch {
    // commander's own refusals end here; the exit status is what counts
  }
  return Number(process.exitCode ?? 0);
}

test('lists models from the runtime that is up', async () => {
  const http = answering({ 'GET /control/models': { models: [guide] } });
  expect(await millpond(['list'], { http, running: true })).toBe(0);
  expect(out).toMatch(/guide +3\.56 MB +unknown +Ready/);
  expect(requests[0]?.headers?.['authorization']).toBe('Bearer t');
  expect(started).toBe(0);
});

test('starts a runtime when none is up, and stops it again', async () => {
  const http = answering({ 'GET /control/models': { models: [guide] } });
  expect(await millpond(['list', '--json'], { http })).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ models: [{ id: 'guide' }] });
  expect([started, stopped]).toEqual([1, 1]);
});

test('streams an answer to a prompt from arguments and standard input', async () => {
  const frames = [
    { choices: [{ delta: { role: 'assistant', content: '' } }] },
    { choices: [{ delta: { content: 'Hel' } }] },
    { choices: [{ delta: { content: 'lo' }, finish_reason: 'stop' }] },
    { choices: [], usage: { prompt_tokens: 7, completion_tokens: 2 } },
  ];
  const events = [...frames.map((frame) => JSON.stringify(frame)), '[DONE]'];
  const http = answering({
    'GET /control/models': { models: [guide] },
    'POST /v1/chat/completions': events.map((event) => `data: ${event}\n\n`).join(''),
  });
  expect(await millpond(['run', 'guide', 'say', 'hi'], { http, input: 'to all\n' })).toBe(0);
  expect(out).toBe('Hello\n');
  const sent = JSON.parse(requests.at(-1)?.body as string) as { messages: unknown };
  expect(sent.messages).toEqual([{ role: 'user', content: 'say hi\n\nto all' }]);
});

test('fails when the stream breaks off without its end', async () => {
  const http = answering({
    'GET /control/models': { models: [guide] },
    'POST /v1/chat/completions': 'data: {"choices":[{"delta":{"content":"Hel"}}]}\n\n',
  });
  expect(await millpond(['run', 'guide', 'hi'], { http, running: true })).toBe(4);
  expect(err).toBe('The answer broke off; what arrived is printed above\n');
});

test('names the installed models when one is unknown', async () => {
  const http = answering({ 'GET /control/models': { models: [guide] } });
  expect(await millpond(['show', 'nope'], { http, running: true })).toBe(3);
  expect(err).toBe('There is no model "nope" here. Installed: guide\n');
});

test('says that nothing runs instead of starting a server for ps', async () => {
  expect(await millpond(['ps'])).toBe(0);
  expect(out).toBe('Millpond is not running.\n');
  expect(await millpond(['stop'])).toBe(4);
  expect(started).toBe(0);
});

test('refuses a bad option with status 2', async () => {
  expect(await millpond(['run', 'guide', 'x', '--temperature', '9'])).toBe(2);
  expect(err).toContain('Give a number from 0 to 2.');
});

test('prints a ready line that scripts can read', async () => {
  expect(await millpond(['serve', '--json'])).toBe(0);
  const [ready] = out.split('\n').map((line) => (line === '' ? {} : (JSON.parse(line) as object)));
  expect(ready).toMatchObject({ event: 'ready', port: 1, loginUrl: 'http://127.0.0.1:1/#code=x' });
});

test.each(['bash', 'zsh', 'fish'])(
  'writes a completion script for %s with every verb',
  async (shell) => {
    expect(await millpond(['completion', shell])).toBe(0);
    for (const verb of ['serve', 'run', 'chat', 'list', 'ps', 'show', 'stop', 'doctor', 'bench']) {
      expect(out).toContain(verb);
    }
  },
);
