import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type HubModelFixture, startTestModelHub } from '../../testing/hub/hub-api.ts';
import { openHub } from '../../testing/hub/open-hub.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';

const never = new AbortController().signal;
const commit = 'b'.repeat(40);
const accounts = { hf_ada: 'ada', hf_env: 'eve' };

function fixture(repo: string, more: Partial<HubModelFixture> = {}): HubModelFixture {
  const files = new Map([['m-Q4_0.gguf', new TextEncoder().encode('model')]]);
  return { repo, commit, tags: ['gguf'], files, ...more };
}

const models = [
  fixture('org/open'),
  fixture('org/gated', { isGated: true }),
  fixture('org/private', { isPrivate: true }),
];

const open = (repo: string) => ({ repo, commit, path: 'm-Q4_0.gguf' });

test('keeps a token that the hub accepts, says whose it is and uses it from then on', async () => {
  await using server = await startTestModelHub({ models, accounts });
  const { hub, secrets } = openHub({ endpoint: server.origin });
  expect(await hub.status()).toMatchObject({ tokenFrom: 'none', endpointFrom: 'settings' });
  expect(await hub.setToken('  hf_ada\n', never)).toMatchObject({
    tokenFrom: 'settings',
    account: 'ada',
  });
  expect(secrets.get('hub-token')).toContain('hf_ada');
  expect((await hub.repo({ repo: 'org/private' }, never)).repo.repo).toBe('org/private');
  expect(await hub.locate(open('org/gated'))).toEqual({
    url: `${server.origin}/org/gated/resolve/${commit}/m-Q4_0.gguf`,
    headers: { authorization: 'Bearer hf_ada' },
    tokenFrom: 'settings',
  });
  expect(await hub.setToken('', never)).toMatchObject({ tokenFrom: 'none' });
  expect(secrets.size).toBe(0);
  await expect(hub.repo({ repo: 'org/private' }, never)).rejects.toMatchObject({
    code: 'not-found',
  });
});

test('keeps no token that the hub refuses', async () => {
  await using server = await startTestModelHub({ models, accounts });
  const { hub, secrets } = openHub({ endpoint: server.origin });
  await hub.setToken('hf_ada', never);
  await expect(hub.setToken('hf_wrong', never)).rejects.toMatchObject({
    code: 'unauthenticated',
    reason: 'token-refused',
    message: `${new URL(server.origin).host} does not accept your access token: enter a new one or take it away`,
  });
  expect(secrets.get('hub-token')).toContain('hf_ada');
  await expect(hub.setToken('two words', never)).rejects.toMatchObject({ code: 'invalid-request' });
});

test('stays open to everybody while the secret store cannot be read', async () => {
  await using server = await startTestModelHub({ models, accounts });
  const secrets = {
    read: () => Promise.reject(new Error('locked')),
    write: () => Promise.reject(new Error('locked')),
  };
  const { hub } = openHub({ endpoint: server.origin, secrets });
  expect((await hub.status()).tokenFrom).toBe('none');
  expect((await hub.repo({ repo: 'org/open' }, never)).repo.repo).toBe('org/open');
  await expect(hub.setToken('hf_ada', never)).rejects.toThrow('locked');
});

test('shows a token to no hub but the one that accepted it', async () => {
  await using mine = await startTestModelHub({ models, accounts });
  await using mirror = await startTestModelHub({ models, accounts });
  const { hub, settings } = openHub({ endpoint: mine.origin });
  await hub.setToken('hf_ada', never);
  settings.endpoint = mirror.origin;
  await hub.repo({ repo: 'org/open' }, never);
  await hub.search({ query: '', sort: 'downloads' }, never);
  expect((await hub.locate(open('org/open'))).headers).toEqual({});
  expect((await hub.status()).tokenFrom).toBe('none');
  expect(mirror.requests.length).toBeGreaterThan(2);
  // Byte by byte: neither in a header nor anywhere in an address.
  expect(JSON.stringify(mirror.requests)).not.toContain('hf_ada');
});

test('what one hub said about a commit is not taken for what another has', async () => {
  const other = new Map([['other-Q4_0.gguf', new TextEncoder().encode('not that model')]]);
  await using lying = await startTestModelHub({ models: [fixture('org/open', { files: other })] });
  await using server = await startTestModelHub({ models });
  const { hub, settings } = openHub({ endpoint: lying.origin });
  const pathsNow = async (): Promise<readonly string[]> => {
    const { repo } = await hub.repo({ repo: 'org/open' }, never);
    return repo.variants.flatMap(({ files }) => files.map(({ path }) => path));
  };
  expect(await pathsNow()).toEqual(['other-Q4_0.gguf']);
  settings.endpoint = server.origin;
  expect(await pathsNow()).toEqual(['m-Q4_0.gguf']);
});

test('shows no token to where the hub redirects', async () => {
  await using other = await startTestModelHub({ models, accounts });
  await using server = await startTestModelHub({ models, accounts });
  const { hub } = openHub({ endpoint: server.origin });
  await hub.setToken('hf_ada', never);
  server.failApi(1, {
    status: 307,
    headers: { location: `${other.origin}/api/models/org/open/revision/main` },
  });
  await hub.repo({ repo: 'org/open' }, never);
  expect(other.requests).toHaveLength(1);
  expect(JSON.stringify(other.requests)).not.toContain('hf_ada');
  // The control: the same client did show it to the hub itself.
  expect(JSON.stringify(server.requests)).toContain('Bearer hf_ada');
});

test('shows the token of the environment to HF_ENDPOINT and to no other hub', async () => {
  await using named = await startTestModelHub({ models, accounts });
  await using typed = await startTestModelHub({ models, accounts });
  const environment = { HF_TOKEN: 'hf_env', HF_ENDPOINT: named.origin };
  const { hub, settings } = openHub({ environment });
  expect(await hub.status()).toMatchObject({
    endpoint: named.origin,
    endpointFrom: 'environment',
    tokenFrom: 'environment',
  });
  await hub.repo({ repo: 'org/private' }, never);
  settings.endpoint = typed.origin;
  await hub.repo({ repo: 'org/open' }, never);
  expect(JSON.stringify(named.requests)).toContain('hf_env');
  expect(JSON.stringify(typed.requests)).not.toContain('hf_env');
  expect((await hub.status()).tokenFrom).toBe('none');
});

test.each([
  ['.cache/huggingface/token', {}],
  ['own/token', { HF_HOME: '~/own' }],
  ['elsewhere/secret', { HF_TOKEN_PATH: '~/elsewhere/secret', HF_HOME: '~/own' }],
  ['xdg/huggingface/token', { XDG_CACHE_HOME: '~/xdg' }],
])("finds the token that Hugging Face's own tools keep in %s", async (path, environment) => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), 'hf_filed\n');
  expect((await openHub({ folder, environment }).hub.status()).tokenFrom).toBe('file');
  const implicit = { ...environment, HF_HUB_DISABLE_IMPLICIT_TOKEN: '1' };
  expect((await openHub({ folder, environment: implicit }).hub.status()).tokenFrom).toBe('none');
});

test('has no answer and no token of another account in its cache', async () => {
  await using server = await startTestModelHub({ models, accounts });
  const { hub, folder } = openHub({ endpoint: server.origin });
  await hub.setToken('hf_ada', never);
  await hub.repo({ repo: 'org/private' }, never);
  const answers = join(folder, 'cache', 'answers');
  const written = readdirSync(answers).map((name) => readFileSync(join(answers, name), 'utf8'));
  expect(written.join('\n')).toContain('org/private');
  expect(written.join('\n')).not.toContain('hf_ada');
  await hub.setToken('', never);
  await expect(hub.repo({ repo: 'org/private' }, never)).rejects.toMatchObject({
    code: 'not-found',
  });
});

test.each([
  ['local-only', {}, true],
  ['environment', { HF_HUB_OFFLINE: '1' }, false],
] as const)('asks nobody while it is closed by %s', async (closedBy, environment, isLocalOnly) => {
  await using server = await startTestModelHub({ models, accounts });
  const { hub, settings } = openHub({ endpoint: server.origin, environment });
  settings.isLocalOnly = isLocalOnly;
  expect((await hub.status()).closedBy).toBe(closedBy);
  const closed = { code: 'unavailable', reason: 'hub-closed' };
  await expect(hub.repo({ repo: 'org/open' }, never)).rejects.toMatchObject(closed);
  await expect(hub.search({ query: '', sort: 'updated' }, never)).rejects.toMatchObject(closed);
  await expect(hub.setToken('hf_ada', never)).rejects.toMatchObject(closed);
  await expect(hub.locate(open('org/open'))).rejects.toMatchObject(closed);
  await expect(hub.starters(never)).rejects.toMatchObject(closed);
  expect(server.requests).toEqual([]);
});

test('tells listeners when another hub, an open network or a token may help', async () => {
  await using server = await startTestModelHub({ models, accounts });
  const { hub, settings } = openHub({ endpoint: server.origin });
  let told = 0;
  const stop = hub.onChanged(() => (told += 1));
  hub.settingsChanged();
  expect(told).toBe(0);
  settings.endpoint = 'https://hf-mirror.com';
  hub.settingsChanged();
  hub.settingsChanged();
  expect(told).toBe(1);
  expect((await hub.locate(open('org/open'))).url).toMatch(
    /^https:\/\/hf-mirror\.com\/org\/open\//,
  );
  settings.isLocalOnly = true;
  hub.settingsChanged();
  expect(told).toBe(2);
  settings.isLocalOnly = false;
  settings.endpoint = server.origin;
  hub.settingsChanged();
  await hub.setToken('hf_ada', never);
  expect(told).toBe(4);
  stop();
  await hub.setToken('', never);
  expect(told).toBe(4);
});
