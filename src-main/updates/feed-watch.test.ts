import { generateKeyPairSync, sign } from 'node:crypto';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { HttpClient } from '../core/http.ts';
import { createFakeClock } from '../testing/fake-clock.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { FeedWatch } from './feed-watch.ts';
import { UpdateStateFile } from './update-state.ts';

const hourMs = 3_600_000;

/** A watch over a feed that the test changes; `asked` counts looks. */
function scene(folder = temporaryFolder(), options: { readonly mayLook?: boolean } = {}) {
  const { publicKey, privateKey } = keys;
  const clock = createFakeClock();
  const feed = { serial: 5, version: '0.2.0', key: privateKey, isAway: false };
  let asked = 0;
  const http: HttpClient = {
    request({ url }) {
      const bytes = Buffer.from(JSON.stringify(contentOf(feed)));
      const body = url.endsWith('.sig')
        ? Buffer.from(sign(null, bytes, feed.key).toString('base64'))
        : bytes;
      if (!url.endsWith('.sig')) asked += 1;
      const status = feed.isAway ? 503 : 200;
      return Promise.resolve({ status, headers: {}, body: once(body) });
    },
  };
  const state = new UpdateStateFile(join(folder, 'state.json'));
  const watch = new FeedWatch({
    ...{ folder, state, http, clock, random: () => 0.5 },
    source: {
      feed: 'https://example.org/feed.json',
      publicKey: publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
    },
    log: { info: () => {}, warn: () => {} },
    mayLook: () => options.mayLook ?? true,
    onChanged: () => {},
  });
  return { clock, feed, folder, state, watch, asked: () => asked };
}

const keys = generateKeyPairSync('ed25519');

function contentOf({ serial, version }: { serial: number; version: string }) {
  const about = { date: '2026-11-22', notes: '', minimumVersion: '0.1.0', files: [] };
  return { format: 1, serial, releases: [{ version, ...about }] };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}

test('UPDATE: looks a while after the start, then once a day, and keeps what it found across starts', async () => {
  const { clock, watch, asked, folder } = scene();
  watch.start();
  await clock.advance(60_000);
  expect(asked()).toBe(0);
  await clock.advance(hourMs);
  expect(asked()).toBe(1);
  // What it notes goes to a real disk, which knows nothing of this clock.
  await expect.poll(() => clock.waiting).toBe(1);
  await clock.advance(22 * hourMs);
  expect(asked()).toBe(1);
  await clock.advance(4 * hourMs);
  expect(asked()).toBe(2);
  watch.stop();
  const later = scene(folder);
  expect(later.watch.feed?.releases[0]?.version).toBe('0.2.0');
  expect(later.asked()).toBe(0);
});

test('UPDATE: does not look by itself where it may not', async () => {
  const { clock, watch, asked } = scene(temporaryFolder(), { mayLook: false });
  watch.start();
  await clock.advance(72 * hourMs);
  expect(asked()).toBe(0);
});

test('UPDATE: an older feed than one that was seen is not believed, also after a restart', async () => {
  const { feed, watch, folder } = scene();
  await watch.look();
  const again = scene(folder);
  again.feed.serial = feed.serial - 1;
  await again.watch.look();
  expect(again.watch.error?.reason).toBe('update-replay');
  expect(again.watch.feed?.serial).toBe(feed.serial);
});

test('UPDATE: a feed that cannot be had or proved leaves the one that is known', async () => {
  const { feed, watch } = scene();
  await watch.look();
  feed.isAway = true;
  await watch.look();
  expect(watch.error?.message).toContain('does not work right now');
  feed.isAway = false;
  feed.key = generateKeyPairSync('ed25519').privateKey;
  feed.version = '9.0.0';
  await watch.look();
  expect(watch.error?.reason).toBe('update-signature');
  expect(watch.feed?.releases[0]?.version).toBe('0.2.0');
});
