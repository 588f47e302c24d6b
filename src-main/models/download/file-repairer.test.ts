import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createConnectionRegister } from '../../platform/http/connection-register.ts';
import { createHttpClient } from '../../platform/http/http-client.ts';
import { systemClock } from '../../platform/system-clock.ts';
import {
  openTestDownloads,
  randomContent,
  smallTuning,
  testCommit,
  testRepo,
} from '../../testing/hub/open-test-downloads.ts';
import { createFileRepairer } from './file-repairer.ts';

const { blockBytes } = smallTuning;
const sizeBytes = 10 * blockBytes + 77;
const { signal } = new AbortController();

async function openDamaged(offsets: readonly number[]) {
  const content = randomContent(sizeBytes);
  const opened = await openTestDownloads({ 'a.gguf': content });
  const damaged = Uint8Array.from(content);
  for (const offset of offsets) damaged[offset] = (damaged[offset] ?? 0) ^ 0xff;
  const path = join(opened.folder, 'a.gguf');
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, damaged);
  const register = createConnectionRegister(systemClock);
  const http = createHttpClient({ register, purpose: 'download' });
  onTestFinished(() => http.close());
  const repairer = createFileRepairer({
    ...{ http, hasher: opened.hasher, locator: opened.locator, clock: systemClock },
    ...{ log: { info() {}, warn() {} }, tuning: smallTuning },
  });
  const file = {
    ...{ path, sizeBytes, address: { repo: testRepo, commit: testCommit, path: 'a.gguf' } },
    sha256: createHash('sha256').update(content).digest('hex'),
    badRanges: offsets.map((offset) => {
      const start = Math.floor(offset / blockBytes) * blockBytes;
      return { start, end: start + blockBytes };
    }),
  };
  return { ...opened, content, damaged, file, path, repairer };
}

test('fetches only what is bad and puts it in place', async () => {
  const { content, file, folder, hub, path, repairer } = await openDamaged([5, sizeBytes - 1]);
  const progress: number[] = [];
  await repairer.repair(file, { signal, onProgress: (done) => progress.push(done) });
  expect(readFileSync(path).equals(content)).toBe(true);
  expect(readdirSync(folder)).toEqual(['a.gguf']);
  const sent = hub.requests.reduce((sum, { sentBytes }) => sum + sentBytes, 0);
  expect(sent).toBe(blockBytes + 77);
  expect(progress).toEqual([blockBytes, blockBytes + 77]);
});

test('leaves the file as it was when what comes does not make it right', async () => {
  const { damaged, file, hub, path, repairer } = await openDamaged([5]);
  hub.break('*', { flipByteAt: 9 });
  await expect(repairer.repair(file, { signal })).rejects.toMatchObject({ code: 'conflict' });
  expect(readFileSync(path).equals(damaged)).toBe(true);
  expect(existsSync(`${path}.repair`)).toBe(false);
});

test('says so when the file is gone or has another length', async () => {
  const { file, path, repairer } = await openDamaged([5]);
  writeFileSync(path, 'short');
  await expect(repairer.repair(file, { signal })).rejects.toThrow('not as long as it should be');
  const gone = { ...file, path: join(dirname(path), 'gone.gguf') };
  await expect(repairer.repair(gone, { signal })).rejects.toThrow('it does not exist');
});

test('an abort leaves the file as it was', async () => {
  const { damaged, file, hub, path, repairer } = await openDamaged([5]);
  hub.break('*', { stallAfterBytes: 100 });
  const stop = new AbortController();
  const repairing = repairer.repair(file, { signal: stop.signal });
  stop.abort();
  await expect(repairing).rejects.toThrow();
  expect(readFileSync(path).equals(damaged)).toBe(true);
});
