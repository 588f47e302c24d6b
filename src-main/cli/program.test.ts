import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
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

describe('restore --before-upgrade', () => {
  const madeAt = new Date(2026, 10, 21, 18, 5).getTime();
  const copy = {
    ...{ file: '/data/backups/new', madeAt, sizeBytes: 1_200_000, schema: 12, before: '0.3.0' },
    isForOlder: true,
  };
  const older = { ...copy, file: '/data/backups/old', before: '0.2.0', schema: 9 };

  test('puts the only copy back, and says what to start now and how to undo it', async () => {
    const { exitCode, out } = await runCommand(['restore', '--before-upgrade'], {
      upgradeCopies: [copy],
    });
    expect(exitCode).toBe(0);
    expect(out).toBe(
      [
        'Restored from /data/backups/new.',
        'What was there before lies in /data/backups/new-before; `millpond restore /data/backups/new-before` undoes this.',
        'Start the Millpond of before the update now: this one, 9.9.9, would update the database again.\n',
      ].join('\n'),
    );
  });

  test('lists several with version and date, and touches nothing until one is named', async () => {
    const upgradeCopies = [copy, older];
    const { exitCode, out, err } = await runCommand(['restore', '--before-upgrade'], {
      upgradeCopies,
    });
    expect(exitCode).toBe(2);
    expect(out.split('\n').slice(0, 3)).toEqual([
      'WHICH  MADE              BEFORE THE UPDATE TO  SCHEMA  SIZE',
      '1      2026-11-21 18:05  0.3.0                 12      1.20 MB',
      '2      2026-11-21 18:05  0.2.0                 9       1.20 MB',
    ]);
    expect(err).toBe('Several copies are kept: say which one, such as --before-upgrade latest\n');
    for (const [which, file] of [
      ['2', '/data/backups/old'],
      ['latest', '/data/backups/new'],
    ] as const) {
      const chosen = await runCommand(['restore', '--before-upgrade', which, '--json'], {
        upgradeCopies,
      });
      expect(JSON.parse(chosen.out)).toMatchObject({ restored: file, copy: { file } });
    }
    const json = await runCommand(['restore', '--before-upgrade', '--json'], { upgradeCopies });
    const [list = '', failure = ''] = json.out.split('\n');
    expect(JSON.parse(list)).toMatchObject({
      copies: [
        { which: 1, before: '0.3.0' },
        { which: 2, before: '0.2.0' },
      ],
    });
    expect(JSON.parse(failure)).toMatchObject({ error: { code: 'invalid-request' } });
  });

  test.each([
    [['--before-upgrade', '3'], 2, 'There is no copy "3"; give its number or latest'],
    [['--before-upgrade', '0'], 2, 'There is no copy "0"; give its number or latest'],
    [['a.backup', '--before-upgrade'], 2, 'Give the file of a backup, or --before-upgrade'],
    [[], 2, 'Give the file of a backup, or --before-upgrade'],
  ])('refuses %j', async (words, status, sentence) => {
    const { exitCode, err } = await runCommand(['restore', ...words], {
      upgradeCopies: [copy, older],
    });
    expect(exitCode).toBe(status);
    expect(err).toContain(sentence);
  });

  test('says so when no update has changed the database', async () => {
    expect(await runCommand(['restore', '--before-upgrade'])).toMatchObject({
      exitCode: 3,
      err: 'There is no copy from before an update here: none has changed the database yet\n',
    });
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
