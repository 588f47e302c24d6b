import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { bytesSentTwice } from '../../testing/hub/fetched-twice.ts';
import { describeFile } from '../../testing/hub/hub-files.ts';
import { startTestHub } from '../../testing/hub/hub-server.ts';
import { randomContent, testCommit, testRepo } from '../../testing/hub/open-test-downloads.ts';
import { seededRandom } from '../../testing/hub/seeded-random.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import type { KilledDownload } from './download-kill.fixture.ts';
import { standardTuning } from './tuning.ts';

/** A sixteenth of the program's own sizes, for a file that is as much smaller than a real one. */
const scale = 16;
const tuning = {
  ...standardTuning,
  blockBytes: standardTuning.blockBytes / scale,
  flushBytes: standardTuning.flushBytes / scale,
  recordBytes: standardTuning.recordBytes / scale,
  tickMs: 100,
};
const kills = 50;
const sizeBytes = 40 * 1024 * 1024;
/** What a real kill may cost, in the same scale. */
const mostTwice = (8 * 1024 * 1024) / scale;
const fixture = join(import.meta.dirname, 'download-kill.fixture.ts');

/** What a child has written so far. */
function textOf(child: ChildProcessWithoutNullStreams): () => string {
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (bytes: Buffer) => (text += bytes.toString()));
  }
  return () => text;
}

test('fifty kills at random moments cost little and leave the very same file', async () => {
  const content = randomContent(sizeBytes);
  const files = new Map([['model.gguf', content]]);
  const hub = await startTestHub({ repos: [{ repo: testRepo, commit: testCommit, files }] });
  onTestFinished(() => hub[Symbol.asyncDispose]());
  const root = temporaryFolder();
  const { sha256 } = describeFile('model.gguf', content);
  const folder = join(root, 'models');
  const job: KilledDownload = {
    ...{ origin: hub.origin, root, tuning },
    request: {
      ...{ repo: testRepo, commit: testCommit, variant: 'Q4_K_M', name: 'Killed', folder },
      files: [{ path: 'model.gguf', sizeBytes, sha256 }],
    },
  };
  const start = () => spawn(process.execPath, [fixture, JSON.stringify(job)], { stdio: 'pipe' });
  const sent = () =>
    hub.requests
      .filter(({ sentBytes }) => sentBytes > 0)
      .map(({ start: from, sentBytes }) => ({ start: from, end: from + sentBytes }));
  const random = seededRandom(20261121);
  const twice: number[] = [];
  let before = 0;
  hub.break('*', { bytesPerSecond: 300 * 1024 });
  for (let kill = 0; kill < kills; kill += 1) {
    const known = hub.requests.length;
    const child = start();
    const exited = once(child, 'exit');
    const output = textOf(child);
    // The moment counts from the first byte: a kill during the start would prove nothing.
    while (!hub.requests.slice(known).some(({ sentBytes }) => sentBytes > 0)) {
      if (child.exitCode !== null) throw new Error(`it ended before it was killed: ${output()}`);
      await sleep(5);
    }
    await sleep(random() * 500);
    child.kill('SIGKILL');
    await exited;
    const now = bytesSentTwice(sent());
    twice.push(now - before);
    before = now;
  }
  hub.faults.clear();
  const last = start();
  const said = textOf(last);
  await once(last, 'close');
  twice.push(bytesSentTwice(sent()) - before);
  expect(said()).toMatch(/^done/);
  expect(readFileSync(join(folder, 'model.gguf')).equals(content)).toBe(true);
  // A busy computer may leave more in the kernel's buffers at a kill than the program ever held.
  const [mostButFew = Infinity] = twice.toSorted((a, b) => b - a).slice(twice.length / 10);
  expect(mostButFew).toBeLessThanOrEqual(mostTwice);
}, 600_000);
