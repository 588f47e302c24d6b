import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { refusal, runCommand } from '../testing/command-line.ts';

const guide = {
  id: 'guide',
  name: 'Guide',
  source: 'bundled',
  path: '/models/guide.gguf',
  sizeBytes: 3_555_424,
  usedBy: [],
  engines: [{ kind: 'llama-cpp', isUsable: true }],
  state: { phase: 'ready', since: 1 },
  options: {},
  systemPrompt: '',
};
const listed = {
  'GET /control/models': { models: [guide] },
  'GET /control/models/named': guide,
};

test('lists models from the runtime that is up', async () => {
  const { exitCode, out, requests, started } = await runCommand(['list'], {
    answers: listed,
    isRunning: true,
  });
  expect(exitCode).toBe(0);
  expect(out).toMatch(/guide +3\.56 MB +unknown +Ready/);
  expect(requests[0]?.headers?.['authorization']).toBe('Bearer t');
  expect(started).toBe(0);
});

test('starts a runtime when none is up, and stops it again', async () => {
  const { exitCode, out, started, stopped } = await runCommand(['list', '--json'], {
    answers: listed,
  });
  expect(exitCode).toBe(0);
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
  const answers = {
    ...listed,
    'POST /v1/chat/completions': events.map((event) => `data: ${event}\n\n`).join(''),
  };
  const { exitCode, out, requests } = await runCommand(['run', 'guide', 'say', 'hi'], {
    answers,
    input: 'to all\n',
  });
  expect(exitCode).toBe(0);
  expect(out).toBe('Hello\n');
  const sent = JSON.parse(requests.at(-1)?.body as string) as { messages: unknown };
  expect(sent.messages).toEqual([{ role: 'user', content: 'say hi\n\nto all' }]);
});

test('fails when the stream breaks off without its end', async () => {
  const answers = {
    ...listed,
    'POST /v1/chat/completions': 'data: {"choices":[{"delta":{"content":"Hel"}}]}\n\n',
  };
  const { exitCode, err } = await runCommand(['run', 'guide', 'hi'], { answers, isRunning: true });
  expect(exitCode).toBe(4);
  expect(err).toBe('The answer broke off; what arrived is printed above\n');
});

test('says with the runtime which models are installed when one is unknown', async () => {
  const message = 'There is no model "nope" here. Installed: guide';
  const { exitCode, err } = await runCommand(['show', 'nope'], {
    answers: { 'GET /control/models/named': refusal('model-not-found', message) },
    isRunning: true,
  });
  expect(exitCode).toBe(3);
  expect(err).toBe(`${message}\n`);
});

test('says that nothing runs instead of starting a server for ps', async () => {
  const listing = await runCommand(['ps']);
  expect(listing).toMatchObject({ exitCode: 0, out: 'Millpond is not running.\n', started: 0 });
  expect(await runCommand(['stop'])).toMatchObject({ exitCode: 4, started: 0 });
});

test('refuses a bad option with status 2', async () => {
  const { exitCode, err } = await runCommand(['run', 'guide', 'x', '--temperature', '9']);
  expect(exitCode).toBe(2);
  expect(err).toContain('Give a number from 0 to 2.');
});

test('prints a ready line that scripts can read', async () => {
  const { exitCode, out } = await runCommand(['serve', '--json']);
  expect(exitCode).toBe(0);
  const [ready] = out.split('\n').map((line) => (line === '' ? {} : (JSON.parse(line) as object)));
  expect(ready).toMatchObject({ event: 'ready', port: 1, loginUrl: 'http://127.0.0.1:1/#code=x' });
});

test('serves with a config file by its whole path, and reads it again when asked', async () => {
  const { startedWith, reloads } = await runCommand(['serve', '--config', 'team.yaml']);
  expect(startedWith).toMatchObject([{ configFile: resolve('team.yaml') }]);
  expect(reloads).toBe(1);
});

test('backs up to a whole path, and says where a restore put what was there', async () => {
  const backup = await runCommand(['backup', 'mill.backup']);
  expect(backup.written).toEqual([resolve('mill.backup')]);
  expect(backup.out).toContain('It holds secrets');
  const restored = await runCommand(['restore', '/x/mill.backup', '--json']);
  expect(JSON.parse(restored.out)).toEqual({
    restored: '/x/mill.backup',
    before: '/x/mill.backup-before',
  });
});

test.each(['bash', 'zsh', 'fish'])(
  'writes a completion script for %s with every verb',
  async (shell) => {
    const { exitCode, out } = await runCommand(['completion', shell]);
    expect(exitCode).toBe(0);
    const verbs = ['serve', 'run', 'chat', 'list', 'ps', 'show', 'stop', 'doctor', 'bench'];
    for (const verb of [...verbs, 'load', 'pull', 'rm', 'import', 'verify'])
      expect(out).toContain(verb);
  },
);
