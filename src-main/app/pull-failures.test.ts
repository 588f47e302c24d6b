import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isolatedEnvironment } from '../testing/isolated-environment.ts';
import {
  heron,
  hubWith,
  listed,
  pulled,
  pulledFile,
  pulledId,
  pulledRepo,
  reach,
  runtimeAt,
  sentBytes,
} from '../testing/pull-fixture.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';

const commandFile = join(import.meta.dirname, '..', 'cli.ts');

test('a wrong token is refused in one sentence, and the one that was kept stays', async () => {
  const hub = await hubWith(heron({ isGated: true }).model);
  const { control, host } = await runtimeAt(hub);
  expect(await control.hub.setToken({ token: 'hf_ada' })).toMatchObject({ account: 'ada' });
  await expect(control.hub.setToken({ token: 'hf_wrong' })).rejects.toMatchObject({
    code: 'unauthenticated',
    reason: 'token-refused',
    message: `${host} does not accept your access token: enter a new one or take it away`,
  });
  expect(await pulled(control)).toMatchObject({ state: 'done' });
});

test('a wrong token of the environment is named as such', async () => {
  const hub = await hubWith(heron().model);
  const { control, host } = await runtimeAt(hub, { env: { HF_TOKEN: 'hf_wrong' } });
  await expect(control.downloads.start({ name: pulledRepo })).rejects.toMatchObject({
    code: 'unauthenticated',
    message: `${host} does not accept the access token in HF_TOKEN: enter a new one or take it away`,
  });
  expect((await control.downloads.list({})).downloads).toEqual([]);
});

test('a gated repository says where access is asked for, and goes on with a token', async () => {
  const hub = await hubWith(heron({ isGated: true }).model);
  const { control } = await runtimeAt(hub);
  const { id, error } = await pulled(control);
  expect(error).toMatchObject({
    code: 'unauthenticated',
    reason: 'token-needed',
    message: `${pulledRepo} is open only to accounts that were granted access: ask for it at ${hub.origin}/${pulledRepo}, then enter your access token in the settings`,
  });
  await control.hub.setToken({ token: 'hf_ada' });
  await control.downloads.resume({ id });
  expect(await listed(control, id)).toBe(pulledId);
});

test('a repository that nobody knows and a quantization that it has not end before anything is queued', async () => {
  const hub = await hubWith(heron().model);
  const { control, host } = await runtimeAt(hub);
  await expect(control.downloads.start({ name: 'hf:pond/Missing-GGUF' })).rejects.toMatchObject({
    code: 'not-found',
    message: `${host} has no repository pond/Missing-GGUF, or it is private: check the name, or enter an access token that may read it`,
  });
  await expect(control.downloads.start({ name: `hf:${pulledRepo}:Q9_X` })).rejects.toMatchObject({
    code: 'not-found',
    message: `${pulledRepo} has no Q9_X: it has Q4_K_M`,
  });
  await expect(control.downloads.start({ name: 'a heron' })).rejects.toMatchObject({
    code: 'invalid-request',
    message:
      '“a heron” is not the name of a model on the hub: it looks like org/name or org/name:Q4_K_M',
  });
  expect((await control.downloads.list({})).downloads).toEqual([]);
});

test('the command line says the same sentence and nothing else, with a status of its own', async () => {
  const hub = await hubWith(heron().model);
  const home = temporaryFolder();
  const env = {
    ...isolatedEnvironment(home, { HF_ENDPOINT: hub.origin }),
    ...{ MILLPOND_HOME: home, MILLPOND_ENGINE_THREADS: '1', NO_COLOR: '1' },
  };
  const run = (name: string) =>
    new Promise<{ code: unknown; out: string; err: string }>((resolve) => {
      execFile(process.execPath, [commandFile, 'pull', name], { env }, (error, out, err) => {
        resolve({ code: error?.code ?? 0, out, err });
      });
    });
  expect(await run(`hf:${pulledRepo}:Q9_X`)).toEqual({
    code: 3,
    out: '',
    err: expect.stringMatching(/^[^\n]*pond\/Heron-GGUF has no Q9_X: it has Q4_K_M\n$/) as string,
  });
  const { code, out } = await run(`hf.co/${pulledRepo}:q4_k_m`);
  expect({ code, out }).toEqual({
    code: 0,
    out: 'Heron Q4_K_M is installed as pond/Heron:Q4_K_M\n',
  });
}, 90_000);

test('a name that leads out of the folder is refused, and nothing is written', async () => {
  const { model, path } = heron();
  const files = new Map([['../../../escaped-Q4_K_M.gguf', path]]);
  const hub = await hubWith({ ...model, files });
  const { control, home } = await runtimeAt(hub);
  await expect(control.downloads.start({ name: `hf:${pulledRepo}` })).rejects.toMatchObject({
    message: expect.stringMatching(/^[^\n]{20,250}$/) as string,
  });
  expect(sentBytes(hub)).toBe(0);
  const written = readdirSync(join(home, '..')).filter((name) => name.includes('escaped'));
  expect(written).toEqual([]);
  expect(existsSync(join(home, 'models', 'pond'))).toBe(false);
});

test('bytes that are never what the hub promised are kept aside, and a better hub repairs them', async () => {
  const hub = await hubWith(heron().model);
  const { control, folder: arriving, host } = await runtimeAt(hub);
  const heal = hub.break(pulledFile, { flipByteAt: 1000 });
  const { id, error } = await pulled(control);
  expect(error).toMatchObject({
    code: 'conflict',
    message: `${pulledFile} is complete, but it is not the file that ${host} promised; cancel it, or choose another address for the hub and resume`,
  });
  expect(readdirSync(arriving).toSorted()).toEqual([
    `${pulledFile}.part`,
    `${pulledFile}.part.journal`,
  ]);
  const models = async () => (await control.models.list({})).models.map(({ id: known }) => known);
  expect(await models()).not.toContain(pulledId);
  heal();
  await control.downloads.resume({ id });
  expect(await listed(control, id)).toBe(pulledId);
  expect((await reach(control, id, 'done')).repairedBytes).toBeGreaterThan(0);
});

test('a hub that lies about the digest gets no file into the library', async () => {
  const { model, path } = heron();
  const files = new Map([[pulledFile, { path, sha256: 'a'.repeat(64) }]]);
  const { control, folder } = await runtimeAt(await hubWith({ ...model, files }));
  const { error } = await pulled(control);
  expect(error).toMatchObject({ code: 'conflict' });
  expect(error?.message).toContain('it is not the file that');
  expect(existsSync(join(folder, pulledFile))).toBe(false);
});
