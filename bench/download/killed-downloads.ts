import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KilledDownload } from '../../src-main/models/download/download-kill.fixture.ts';
import { seededRandom } from '../../src-main/testing/hub/seeded-random.ts';
import { progress } from '../support/progress.ts';
import { projectFolder } from '../support/project.ts';
import type { Section } from '../support/report.ts';
import { summarize } from '../support/stats.ts';
import type { Subject } from './download-benchmark.ts';
import type { HubUnderTest } from './hub-under-test.ts';

const fixture = join(projectFolder, 'src-main', 'models', 'download', 'download-kill.fixture.ts');
/** Slow enough that the file outlives all kills; faster than most homes all the same. */
const bytesPerSecond = 4 * 1024 * 1024;
const longestLifeMs = 600;
const seed = 20261121;
const mebibyte = 1024 * 1024;

/** Kills a download again and again at seeded moments, with the program's own block size. */
export async function measureKills(
  subject: Subject,
  hub: HubUnderTest,
  { kills, signal }: { readonly kills: number; readonly signal: AbortSignal },
): Promise<Section> {
  const random = seededRandom(seed);
  const root = join(subject.folder, 'killed');
  const request = subject.request(join(root, 'models'));
  const job: KilledDownload = { origin: subject.origin, root, request };
  const start = () => spawn(process.execPath, [fixture, JSON.stringify(job)], { stdio: 'ignore' });
  await hub.forgetRequests();
  await hub.pace(bytesPerSecond);
  const twice: number[] = [];
  let before = await hub.sent();
  for (let kill = 0; kill < kills; kill += 1) {
    signal.throwIfAborted();
    progress(`kill ${kill + 1} of ${kills}`);
    const child = start();
    const ended = once(child, 'exit');
    while ((await hub.sent()).bytes === before.bytes) {
      if (child.exitCode !== null) throw new Error('The file is too small for so many kills');
      await sleep(5);
    }
    await sleep(random() * longestLifeMs);
    child.kill('SIGKILL');
    await ended;
    const now = await hub.sent();
    twice.push((now.twice - before.twice) / mebibyte);
    before = now;
  }
  await hub.pace(undefined);
  const [code] = (await once(start(), 'exit')) as [number | null];
  if (code !== 0) throw new Error('The download did not end well after all kills');
  twice.push(((await hub.sent()).twice - before.twice) / mebibyte);
  const [expected, found] = [subject.original, join(root, 'models', 'model.gguf')].map(digestOf);
  const isSame = (await expected) === (await found);
  rmSync(root, { recursive: true });
  return {
    title: `${kills} kills at random moments, blocks of 8 MiB`,
    figures: [
      {
        what: 'fetched twice after a kill',
        unit: 'MiB',
        measured: summarize(twice),
        budget: '≤ 8 MiB',
      },
      { what: 'files that differ', unit: '', measured: summarize([isSame ? 0 : 1]), budget: '0' },
    ],
  };
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path)) hash.update(piece as Buffer);
  return hash.digest('hex');
}
