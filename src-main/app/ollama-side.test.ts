import { expect, test } from 'vitest';
import type { ControlHandlers } from '../contract/control.ts';
import type { Download } from '../contract/downloads.ts';
import { MillpondError } from '../core/error.ts';
import { createFakeClock } from '../testing/fake-clock.ts';
import { fixtureHandlers } from '../testing/gateway-fixture.ts';
import type { GatewayServices } from './build-gateway.ts';
import { createOllamaSide } from './ollama-side.ts';

const base: Download = {
  ...{ id: '0190a000-0000-7000-8000-000000000009', repo: 'a/b', commit: 'c', variant: 'Q4' },
  ...{ name: 'b Q4', endpoint: 'hub', state: 'running', totalBytes: 10, doneBytes: 0 },
  ...{ files: 1, doneFiles: 0, repairedBytes: 0, createdAt: 1 },
};

/** A downloader whose download goes through these states, one at each look. */
function open(states: readonly Partial<Download>[]) {
  const clock = createFakeClock();
  const paused: string[] = [];
  const looks = states.map((state) => ({ ...base, ...state }));
  const look = (): Download => looks.shift() ?? base;
  const refusals = fixtureHandlers({} as GatewayServices);
  const handlers: Pick<ControlHandlers, 'downloads' | 'models'> = {
    models: refusals.models,
    downloads: {
      ...refusals.downloads,
      start: ({ name }) => {
        if (name === 'nothing') throw new MillpondError('not-found', 'There is no such model');
        return look();
      },
      list: () => ({ downloads: [look()] }),
      pause: ({ id }) => {
        paused.push(id);
        return base;
      },
    },
  };
  const check = (personId: string): void => {
    if (personId !== 'owner') throw new MillpondError('forbidden', 'Only the owner may do this');
  };
  const side = createOllamaSide({
    ...{ handlers, clock, owner: { personId: 'owner' }, permissions: { check } },
  });
  return { side, clock, paused };
}

async function follow(opened: ReturnType<typeof open>, name = 'hf.co/a/b') {
  const seen: unknown[] = [];
  const { signal } = new AbortController();
  for await (const progress of opened.side.pulls.pullModel(name, signal)) {
    seen.push(progress);
    void opened.clock.advance(250);
  }
  return seen;
}

test('tells how far a download is until it is done', async () => {
  const opened = open([
    {},
    { doneBytes: 5 },
    { state: 'verifying', doneBytes: 10 },
    { state: 'done' },
  ]);
  expect(await follow(opened)).toMatchObject([
    { status: 'pulling b Q4', totalBytes: 10, completedBytes: 0 },
    { completedBytes: 5 },
    { status: 'verifying sha256 digest' },
    {},
  ]);
  expect(opened.paused).toEqual([]);
});

test('fails as the download does', async () => {
  const error = { code: 'storage-full', message: 'The disk is full' } as const;
  await expect(follow(open([{}, { state: 'failed', error }]))).rejects.toMatchObject(error);
  await expect(follow(open([]), 'nothing')).rejects.toMatchObject({ code: 'not-found' });
});

test('pauses what nobody waits for any more', async () => {
  const { side, paused } = open([{}, {}, {}]);
  const leave = new AbortController();
  const progress = side.pulls.pullModel('a/b', leave.signal)[Symbol.asyncIterator]();
  await progress.next();
  leave.abort();
  await expect(progress.next()).rejects.toMatchObject({ code: 'cancelled' });
  expect(paused).toEqual([base.id]);
});

test('may be asked by those alone who may download in the window', () => {
  const { side } = open([]);
  expect([side.pulls.mayPull('owner'), side.pulls.mayPull('member')]).toEqual([true, false]);
});
