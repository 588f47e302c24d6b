import { appendFileSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { silentLogger } from '../platform/logger.ts';
import { createFakeClock } from '../testing/fake-clock.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { FolderWatch } from './folder-watch.ts';

const quietMs = 500;

async function watched() {
  const folder = temporaryFolder();
  const clock = createFakeClock();
  const looks: number[] = [];
  const folderWatch = new FolderWatch({
    ...{ clock, logger: silentLogger },
    onChange: () => looks.push(clock.now()),
  });
  await folderWatch.set([folder]);
  onTestFinished(() => {
    folderWatch.dispose();
  });
  return { folder, clock, looks };
}

/** Writes, and waits until the system has told whoever watches. */
async function noticed(folder: string, write: () => void): Promise<void> {
  const told = new Promise<void>((resolve) => {
    const watcher = watch(folder, () => {
      watcher.close();
      resolve();
    });
  });
  write();
  await told;
  await nextTurn();
}

test('a new model is news, once it has become quiet', async () => {
  const { folder, clock, looks } = await watched();
  await noticed(folder, () => {
    writeFileSync(join(folder, 'heron.gguf'), 'GGUF');
  });
  await clock.advance(quietMs);
  expect(looks).toHaveLength(1);
});

test('what a download writes while it is under way is none', async () => {
  const { folder, clock, looks } = await watched();
  for (const name of ['heron.gguf.part', 'heron.gguf.part.journal', 'heron.gguf.repair']) {
    await noticed(folder, () => {
      appendFileSync(join(folder, name), 'bytes');
    });
  }
  await clock.advance(quietMs);
  expect(looks).toEqual([]);
});
