import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createControlClient } from '../contract/client.ts';
import type { ControlClient } from '../contract/control.ts';
import { readBodyText } from '../core/http-body.ts';
import type { HttpClient } from '../core/http.ts';
import { createOutgoing } from '../platform/http/outgoing.ts';
import { systemClock } from '../platform/system-clock.ts';
import { startTestRuntime } from '../testing/start-test-runtime.ts';
import type { TestRuntime } from '../testing/start-test-runtime.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { createRemoteGateways } from './remote-gateways.ts';

const password = 'correct horse';
const { signal } = new AbortController();

function openRemotes(env: Readonly<Record<string, string>> = {}, dataFolder = temporaryFolder()) {
  const outgoing = createOutgoing(systemClock);
  onTestFinished(() => outgoing.close());
  const remotes = createRemoteGateways({
    paths: { dataFolder },
    outgoing,
    clock: systemClock,
    env,
  });
  return { remotes, dataFolder };
}

async function publicOrigin({ control }: TestRuntime): Promise<string> {
  const { reach } = await control.pools.list({});
  return `https://127.0.0.1:${String(reach.port)}`;
}

function controlAt(origin: string, http: HttpClient, token = ''): ControlClient {
  return createControlClient(async ({ path, method, headers, body }) => {
    const response = await http.request({
      ...{ method, url: `${origin}${path}` },
      headers: { ...headers, ...(token !== '' && { authorization: `Bearer ${token}` }) },
      ...(typeof body === 'string' && { body }),
    });
    return { status: response.status, body: JSON.parse(await readBodyText(response)) as unknown };
  });
}

test('a gateway on a server is set up, signed in at and commanded over its public port', async () => {
  const server = await startTestRuntime(temporaryFolder(), { pool: { name: 'Lab', port: 0 } });
  const { pools, reach } = await server.control.pools.list({});
  expect(pools).toMatchObject([{ name: 'Lab', members: 1 }]);
  const origin = await publicOrigin(server);
  const { remotes, dataFolder } = openRemotes();

  const { words, authority, http } = await remotes.recognise(origin, signal);
  expect(words).toEqual(reach.fingerprintWords);
  if (http === undefined) throw new Error('the certificate was public');
  const stranger = controlAt(origin, http);
  expect(await stranger.session.welcome({})).toMatchObject({ needsSetup: true });
  await expect(stranger.session.signIn({ password })).rejects.toMatchObject({
    reason: 'needs-set-up',
  });

  const code = server.runtime.setUpCode() ?? '';
  const { token } = await stranger.session.setUp({ code, name: 'Mara', password });
  expect(server.runtime.setUpCode()).toBeUndefined();
  expect(await controlAt(origin, http, token).pools.list({})).toMatchObject({
    pools: [{ name: 'Lab' }],
  });

  await remotes.keep({ origin, token, authority });
  expect(statSync(join(dataFolder, 'logins.json')).mode & 0o777).toBe(0o600);
  const { remotes: later } = openRemotes({ MILLPOND_URL: `${origin}/` }, dataFolder);
  const chosen = await later.chosen();
  expect(chosen).toMatchObject({ origin, token });
  if (chosen?.http === undefined) throw new Error('the pin was lost');
  expect(await controlAt(origin, chosen.http, token).session.me({})).toMatchObject({
    name: 'Mara',
    role: 'owner',
  });
});

test('a pinned session gives nothing to another gateway at the same address', async () => {
  const [one, other] = await Promise.all(
    ['One', 'Other'].map((name) =>
      startTestRuntime(temporaryFolder(), { pool: { name, port: 0 } }),
    ),
  );
  if (one === undefined || other === undefined) throw new Error('not started');
  const { remotes } = openRemotes();
  const { http } = await remotes.recognise(await publicOrigin(one), signal);
  if (http === undefined) throw new Error('the certificate was public');
  const elsewhere = await publicOrigin(other);
  await expect(controlAt(elsewhere, http, 'secret').session.me({})).rejects.toMatchObject({
    code: 'unavailable',
    reason: 'certificate',
  });
  expect(await controlAt(await publicOrigin(one), http).session.welcome({})).toBeDefined();
});

test('a start after the first keeps the pools that there are', async () => {
  const home = temporaryFolder();
  const first = await startTestRuntime(home, { pool: { name: 'Lab', port: 0 } });
  await first.runtime.stop();
  const second = await startTestRuntime(home, { pool: { name: 'Attic', port: 0 } });
  const { pools } = await second.control.pools.list({});
  expect(pools.map(({ name }) => name)).toEqual(['Lab']);
});

test('nobody is signed in where nobody signed in, unless a key is given', async () => {
  const url = 'https://pool.example.org:8443';
  await expect(openRemotes({ MILLPOND_URL: url }).remotes.chosen()).rejects.toMatchObject({
    code: 'unauthenticated',
  });
  const withKey = openRemotes({ MILLPOND_URL: url, MILLPOND_KEY: 'mp_key' });
  expect(await withKey.remotes.chosen()).toEqual({ origin: url, token: 'mp_key' });
  expect(await openRemotes().remotes.chosen()).toBeUndefined();
});

test.each(['http://pool.example.org', 'pool.example.org', 'ftp://x', 'https://'])(
  'MILLPOND_URL is no %s',
  async (url) => {
    const { remotes } = openRemotes({ MILLPOND_URL: url, MILLPOND_KEY: 'mp_key' });
    await expect(remotes.chosen()).rejects.toMatchObject({ code: 'invalid-request' });
  },
);
