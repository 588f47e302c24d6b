import { expect, test } from 'vitest';
import { runCommand } from '../testing/command-line.ts';

const model = {
  id: 'org/tiny:Q4_K_M',
  name: 'tiny Q4_K_M',
  source: 'library',
  path: '/models/tiny.gguf',
  sizeBytes: 4_000_000,
  usedBy: [],
  engines: [],
  state: { phase: 'installed' },
  options: { slots: 2 },
  systemPrompt: '',
};
const loaded = {
  ...{ contextLength: 4096, slots: 2, busySlots: 0, queued: 0, lastUsedAt: 1 },
  ...{ device: 'CPU, 1 thread', engine: 'llama-cpp' },
};
const ready = { ...model, state: { phase: 'ready', since: 1 }, loaded };
const answers = {
  'GET /control/models/named': [model, ready],
  'POST /control/models/load': {},
  'PATCH /control/models': model,
};

test('loads with what was chosen before and what is chosen now', async () => {
  const words = ['load', 'tiny', '--context', '4096', '--gpu', '0,1', '--cache', 'q8_0'];
  const { exitCode, out, requests } = await runCommand(words, { answers, isRunning: true });
  expect(exitCode).toBe(0);
  expect(out).toBe('tiny Q4_K_M is ready: CPU, 1 thread\n');
  const sent = requests.find(({ url }) => url.endsWith('/load'));
  expect(JSON.parse(sent?.body as string)).toEqual({
    id: model.id,
    options: { slots: 2, contextLength: 4096, gpus: [0, 1], cacheType: 'q8_0' },
  });
  expect(requests.some(({ method }) => method === 'PATCH')).toBe(false);
});

test('remembers options when asked to', async () => {
  const words = ['load', 'tiny', '--gpu', 'off', '--remember'];
  const { requests } = await runCommand(words, { answers, isRunning: true });
  const sent = requests.find(({ method }) => method === 'PATCH');
  expect(JSON.parse(sent?.body as string)).toMatchObject({ options: { slots: 2, gpus: [] } });
});

test('says what a load would take, and loads nothing', async () => {
  const fit = {
    ...{ verdict: 'fits', predictedBytes: 2 * 1024 ** 3, gpuBytes: 0, limitBytes: 8 * 1024 ** 3 },
    ...{ contextLength: 8192, slots: 4, tokensPerSecond: 31.26 },
  };
  const { out, requests } = await runCommand(['load', 'tiny', '--estimate-only'], {
    answers: { ...answers, 'POST /control/models/predict': fit },
    isRunning: true,
  });
  expect(out).toBe('Fits: 2.00 GB of 8.00 GB with 4 × 8,192 tokens of context, about 31.3 tok/s\n');
  expect(requests.some(({ url }) => url.endsWith('/load'))).toBe(false);
});

test('refuses cards that are no numbers in one sentence', async () => {
  const { exitCode, err } = await runCommand(['load', 'tiny', '--gpu', 'nvidia'], {
    answers,
    isRunning: true,
  });
  expect(exitCode).toBe(2);
  expect(err).toBe(
    '--gpu is all, off, or the numbers of graphics cards such as 0,1; not "nvidia"\n',
  );
});
