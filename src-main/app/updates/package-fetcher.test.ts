import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { standardTuning } from '../../models/download/tuning.ts';
import { FileHasher } from '../../models/hashing/file-hasher.ts';
import { createOutgoing } from '../../platform/http/outgoing.ts';
import { systemClock } from '../../platform/system-clock.ts';
import { serveHttp } from '../../testing/http-servers.ts';
import { seededRandom } from '../../testing/hub/seeded-random.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { createPackageFetcher } from './package-fetcher.ts';

const content = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 7919) % 251));
const sha256 = createHash('sha256').update(content).digest('hex');
const tuning = {
  ...standardTuning,
  ...{ blockBytes: 32_768, flushBytes: 4096, recordBytes: 4096, tickMs: 20 },
  ...{ giveUpMs: 300, retryMs: { initial: 5, max: 20 } },
};

/** A fetcher, and a server that gives `served` by ranges, at most so many bytes an answer. */
async function scene(served: Buffer, cutAfter = Infinity) {
  const asked: string[] = [];
  const origin = await serveHttp((request, response) => {
    asked.push(request.headers.range ?? '');
    const [, first = '0', last = ''] =
      /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
    const start = Number(first);
    const end = Math.min(last === '' ? served.length - 1 : Number(last), served.length - 1);
    response.writeHead(206, {
      'content-length': end - start + 1,
      'content-range': `bytes ${first}-${end.toString()}/${served.length.toString()}`,
    });
    const part = served.subarray(start, Math.min(end + 1, start + cutAfter));
    response.write(part, () => {
      if (part.length < end - start + 1) response.destroy();
      else response.end();
    });
  });
  const folder = join(temporaryFolder(), 'packages');
  const outgoing = createOutgoing(systemClock);
  const workerFile = join(import.meta.dirname, '..', '..', 'hash-worker.ts');
  const hasher = new FileHasher({ workerFile, clock: systemClock });
  onTestFinished(async () => {
    await hasher.dispose();
    await outgoing.close();
  });
  const fetcher = createPackageFetcher({
    ...{ folder, hasher, clock: systemClock, tuning },
    http: outgoing.client('update'),
    random: seededRandom(7),
    bytesPerSecond: () => 0,
    log: { info: () => {}, warn: () => {} },
  });
  const file = { url: `${origin}/p.tar.gz`, name: 'p.tar.gz', sizeBytes: content.length, sha256 };
  const fetch = (signal = new AbortController().signal) =>
    fetcher.fetch(file, { signal, onProgress: () => {} });
  return { fetch, asked, folder, register: outgoing.register };
}

test('UPDATE: a package arrives over a line that breaks off again and again, and is listed as an update', async () => {
  const { fetch, register } = await scene(content, 50_000);
  expect(readFileSync(await fetch())).toEqual(content);
  expect(register.hosts()[0]?.purposes).toEqual(['update']);
});

test('UPDATE: a package that is there is proved and not fetched again; others are removed', async () => {
  const { fetch, asked, folder } = await scene(content);
  const path = await fetch();
  const requests = asked.length;
  expect(await fetch()).toBe(path);
  expect(asked).toHaveLength(requests);
  expect(readdirSync(folder)).toHaveLength(1);
});

test('UPDATE: other bytes than those that were signed are thrown away', async () => {
  const altered = Buffer.from(content);
  altered[123_456] = (altered[123_456] ?? 0) ^ 1;
  const { fetch, folder } = await scene(altered);
  await expect(fetch()).rejects.toMatchObject({
    ...{ code: 'conflict', reason: 'update-content' },
    message: expect.stringContaining('that was signed') as string,
  });
  const left = readdirSync(join(folder, sha256.slice(0, 16)));
  expect(left.filter((name) => !name.endsWith('.lock'))).toEqual([]);
});

test('UPDATE: a package that is shorter at the server than it was signed is given up in one sentence', async () => {
  const { fetch } = await scene(content.subarray(0, 200_000));
  await expect(fetch()).rejects.toMatchObject({
    message: expect.stringMatching(
      /200000 bytes instead of 300000|does not give p\.tar\.gz/,
    ) as string,
  });
});

test('UPDATE: who cancels keeps what has arrived', async () => {
  const { fetch, folder } = await scene(content, 1000);
  const stop = new AbortController();
  const ended = fetch(stop.signal);
  const part = join(folder, sha256.slice(0, 16), 'p.tar.gz.part');
  await expect.poll(() => existsSync(part)).toBe(true);
  stop.abort(new Error('enough'));
  await expect(ended).rejects.toThrow('enough');
  expect(existsSync(part)).toBe(true);
});
