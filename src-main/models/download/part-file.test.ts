import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../platform/system-clock.ts';
import { hashWorkerFile, randomContent } from '../../testing/hub/open-test-downloads.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { FileHasher } from '../hashing/file-hasher.ts';
import { PartFile, partPaths, readPartProgress } from './part-file.ts';

const identity = { sizeBytes: 350, blockBytes: 100, content: 'a'.repeat(64) };

function openPart() {
  const target = join(temporaryFolder(), 'models', 'a.gguf');
  const hasher = new FileHasher({ workerFile: hashWorkerFile, clock: systemClock });
  const opened: PartFile[] = [];
  const open = async (other = identity): Promise<PartFile> => {
    const part = await PartFile.open(target, other, hasher);
    opened.push(part);
    return part;
  };
  onTestFinished(async () => {
    for (const part of opened) await part.close();
    await hasher.dispose();
  });
  return { target, open, paths: partPaths(target) };
}

/** Writes bytes and notes them as a transfer would. */
async function bring(part: PartFile, start: number, end: number): Promise<void> {
  const bytes = randomContent(end - start);
  await part.write([bytes], start);
  for (const block of part.map.advance(start, end)) {
    const span = part.map.spanOf(block);
    const content = await part.read(span.start, span.end);
    await part.recordFull(block, crc32(content).toString(16).padStart(8, '0'));
  }
  await part.recordProgress();
}

/** As if the computer itself had gone down since. */
function pretendReboot(journal: string): void {
  const text = readFileSync(journal, 'utf8');
  writeFileSync(journal, text.replace(/^boot \d+$/m, 'boot 1000'));
}

test('goes on with everything that was noted', async () => {
  const { open, target } = openPart();
  const part = await open();
  await bring(part, 0, 130);
  await part.close();
  expect(await readPartProgress(target, identity)).toBe(130);
  expect((await open()).map.doneBytes).toBe(130);
});

test('after the computer went down it believes what was durable or is as noted, and no more', async () => {
  const { open, paths } = openPart();
  const part = await open();
  await bring(part, 0, 100);
  await part.sync();
  await bring(part, 100, 320);
  await part.close();
  const file = readFileSync(paths.part);
  file.fill(0, 200, 300); // never reached the disk
  writeFileSync(paths.part, file);
  pretendReboot(paths.journal);
  const { map } = await open();
  expect([0, 1, 2, 3].map((block) => map.receivedOf(block))).toEqual([100, 100, 0, 0]);
});

test('another file begins anew', async () => {
  const { open } = openPart();
  const part = await open();
  await bring(part, 0, 200);
  await part.close();
  const other = await open({ ...identity, content: 'b'.repeat(64) });
  expect(other.map.doneBytes).toBe(0);
  expect([...(await other.read(0, 350))].every((byte) => byte === 0)).toBe(true);
});

test('a part file that somebody shortened begins anew', async () => {
  const { open, paths } = openPart();
  const part = await open();
  await bring(part, 0, 200);
  await part.close();
  writeFileSync(paths.part, 'short');
  expect((await open()).map.doneBytes).toBe(0);
});

test('is open once at a time', async () => {
  const { open } = openPart();
  const part = await open();
  await expect(open()).rejects.toMatchObject({ code: 'conflict' });
  await part.close();
  expect((await open()).map.doneBytes).toBe(0);
});

test('never replaces a file that came to its place meanwhile', async () => {
  const { open, target } = openPart();
  const part = await open();
  writeFileSync(target, 'somebody else’s');
  await expect(part.moveIntoPlace()).rejects.toMatchObject({ code: 'conflict' });
  expect(readFileSync(target, 'utf8')).toBe('somebody else’s');
});
