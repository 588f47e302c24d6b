import { describe, expect, test } from 'vitest';
import { runCommand } from '../testing/command-line.ts';

const id = '0190a000-0000-7000-8000-000000000001';
const running = {
  id,
  repo: 'org/tiny',
  commit: 'c0ffee',
  variant: 'Q4_K_M',
  name: 'tiny Q4_K_M',
  endpoint: 'http://hub.test',
  state: 'running',
  totalBytes: 4_000_000,
  doneBytes: 1_000_000,
  files: 1,
  doneFiles: 0,
  repairedBytes: 0,
  createdAt: 1,
};
const done = { ...running, state: 'done', doneBytes: 4_000_000, modelId: 'org/tiny:Q4_K_M' };
const model = {
  id: 'org/tiny:Q4_K_M',
  name: 'tiny Q4_K_M',
  source: 'library',
  path: '/models/tiny.gguf',
  sizeBytes: 4_000_000,
  usedBy: [],
  engines: [],
  state: { phase: 'installed' },
  options: {},
  systemPrompt: '',
};
const withCheck = (check: object) => ({ ...model, check });

describe('pull', () => {
  test('waits until the model is installed and says under which name', async () => {
    const { exitCode, out, requests } = await runCommand(['pull', 'hf:org/tiny'], {
      answers: {
        'POST /control/downloads': running,
        'GET /control/downloads': [
          { downloads: [running] },
          // Complete, but the library has not listed it yet: a server of our own may not end now.
          { downloads: [{ ...done, modelId: undefined }] },
          { downloads: [done] },
        ],
      },
    });
    expect(exitCode).toBe(0);
    expect(out).toBe('tiny Q4_K_M is installed as org/tiny:Q4_K_M\n');
    expect(requests[0]?.body).toBe('{"name":"hf:org/tiny"}');
  });

  test('goes on with a download that a former command left paused', async () => {
    const paused = { ...running, state: 'paused' };
    const { exitCode, requests } = await runCommand(['pull', 'hf:org/tiny'], {
      answers: {
        'POST /control/downloads': paused,
        [`POST /control/downloads/${id}/resume`]: running,
        'GET /control/downloads': { downloads: [done] },
      },
    });
    expect(exitCode).toBe(0);
    expect(requests.some(({ url }) => url.endsWith('/resume'))).toBe(true);
  });

  test('ends with the sentence of a failed download', async () => {
    const error = { code: 'storage-full', message: 'The disk is too small by 2 GB' };
    const { exitCode, err } = await runCommand(['pull', 'hf:org/tiny'], {
      answers: { 'POST /control/downloads': { ...running, state: 'failed', error } },
    });
    expect(exitCode).toBe(5);
    expect(err).toContain('The disk is too small by 2 GB\n');
  });

  test('says what is kept when it is interrupted', async () => {
    const { exitCode, err } = await runCommand(['pull', 'hf:org/tiny'], {
      answers: { 'POST /control/downloads': running },
      interrupted: AbortSignal.abort(),
    });
    expect(exitCode).toBe(130);
    expect(err).toContain('1.00 MB of 4.00 MB are kept; the same command goes on from there');
  });
});

test('rm deletes at once, because a terminal offers no undo', async () => {
  const { exitCode, err, requests } = await runCommand(['rm', 'org/tiny'], {
    answers: {
      'GET /control/models/named': model,
      'POST /control/models/remove': { undoUntil: 0, freedBytes: 4_000_000 },
    },
  });
  expect(exitCode).toBe(0);
  expect(err).toBe('tiny Q4_K_M is deleted; 4.00 MB are free again\n');
  expect(requests.at(-1)?.body).toBe('{"id":"org/tiny:Q4_K_M","force":false,"undo":false}');
});

test.each([
  [[], 'link'],
  [['--copy'], 'copy'],
  [['--move'], 'move'],
])('import %j brings a file in by %s', async (flags, mode) => {
  const { exitCode, out, requests } = await runCommand(['import', '/a/tiny.gguf', ...flags], {
    answers: { 'POST /control/models/import': model },
  });
  expect(exitCode).toBe(0);
  expect(out).toBe('tiny Q4_K_M is installed as org/tiny:Q4_K_M\n');
  expect(JSON.parse(requests[0]?.body as string)).toEqual({ path: '/a/tiny.gguf', mode });
});

describe('verify', () => {
  test('says that a model is what it should be', async () => {
    const { exitCode, out } = await runCommand(['verify', 'org/tiny'], {
      answers: {
        'POST /control/models/verify': model,
        'GET /control/models/named': [
          model,
          withCheck({ phase: 'checking', share: 0.5 }),
          withCheck({ phase: 'sound', at: 1, isKnown: true }),
        ],
      },
    });
    expect(exitCode).toBe(0);
    expect(out).toBe('org/tiny:Q4_K_M is exactly what it should be\n');
  });

  test('fails on damage and names the repair', async () => {
    const damaged = { phase: 'damaged', at: 1, badBytes: 8_000_000, canRepair: true };
    const { exitCode, err } = await runCommand(['verify', 'org/tiny'], {
      answers: {
        'POST /control/models/verify': model,
        'GET /control/models/named': withCheck(damaged),
      },
    });
    expect(exitCode).toBe(1);
    expect(err).toContain('8.00 MB of org/tiny:Q4_K_M are damaged');
    expect(err).toContain('--repair');
  });
});
