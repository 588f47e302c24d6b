import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import OpenAI from 'openai';
import { Agent, fetch as fetchWith } from 'undici';
import { expect, onTestFinished, test } from 'vitest';
import { dataPaths } from '../../platform/paths.ts';
import { ownCertificate, pairFiles } from '../../testing/own-certificate.ts';
import { membershipOf, poolPassword, spawnMachine } from '../../testing/pool-fixture.ts';
import { countingPieces } from '../../testing/scripted-gguf.ts';
import { startTestRuntime } from '../../testing/start-test-runtime.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';

/** A data folder whose millpond.yaml names these files. */
function configured(tlsCert: string, tlsKey: string): string {
  const home = temporaryFolder();
  const { dataFolder } = dataPaths({
    ...{ platform: 'linux', env: { MILLPOND_HOME: home }, homeFolder: home },
  });
  writeFileSync(
    join(dataFolder, 'millpond.yaml'),
    JSON.stringify({ settings: { tlsCert, tlsKey } }),
  );
  return home;
}

test('an SDK that trusts the owner’s certificate asks by its name, and a machine joins at the same port', async () => {
  const own = await ownCertificate();
  const certificate = pairFiles(own, temporaryFolder());
  const { control, runtime } = await startTestRuntime(temporaryFolder(), {
    pool: { name: 'Lab', port: 0, certificate },
  });
  const code = runtime.setUpCode() ?? '';
  await control.session.setUp({ code, name: 'Olga', password: poolPassword });
  const { pools, reach } = await control.pools.list({});
  const host = `localhost:${(reach.port ?? 0).toString()}`;
  const { publicUrl, publicCertificate } = await control.server.status({});
  expect({ publicUrl, publicCertificate }).toEqual({
    publicUrl: `https://${host}/v1`,
    publicCertificate: { kind: 'public' },
  });

  const id = pools[0]?.id ?? '';
  const { link } = await control.pools.createInvite({ id });
  const machine = await spawnMachine({
    name: 'home',
    models: { counter: { says: countingPieces(20) } },
  });
  await machine.control.memberships.join({ link });
  await expect
    .poll(async () => (await membershipOf(machine))?.link)
    .toMatchObject({ phase: 'online' });

  const agent = new Agent({ connect: { ca: own.cert } });
  onTestFinished(() => agent.close());
  const { key } = await control.server.createKey({ name: 'test', poolId: id });
  const client = new OpenAI({
    ...{ apiKey: key, baseURL: publicUrl, maxRetries: 0 },
    fetch: ((url: string, init: object) =>
      fetchWith(url, { ...init, dispatcher: agent })) as unknown as typeof fetch,
  });
  await expect
    .poll(async () => (await client.models.list()).data.map((model) => model.id), {
      timeout: 20_000,
    })
    .toContain('test/counter');
  // The window of the same name: its Host is known here.
  const page = await fetchWith(`https://${host}/control/welcome`, { dispatcher: agent });
  expect(page.status).toBe(200);
});

test('millpond.yaml names the files as well', async () => {
  const { certFile, keyFile } = pairFiles(
    await ownCertificate({ kind: 'ecdsa' }),
    temporaryFolder(),
  );
  const { control } = await startTestRuntime(configured(certFile, keyFile), {
    pool: { name: 'Lab', port: 0 },
  });
  expect((await control.server.status({})).publicCertificate).toEqual({ kind: 'public' });
});

test('a pair that cannot be used ends the start of a server with one sentence', async () => {
  const { certFile } = pairFiles(await ownCertificate(), temporaryFolder());
  const { keyFile } = pairFiles(await ownCertificate(), temporaryFolder());
  const start = (home: string, certificate?: { certFile: string; keyFile: string }) =>
    startTestRuntime(home, { pool: { name: 'Lab', port: 0, ...(certificate && { certificate }) } });
  await expect(start(temporaryFolder(), { certFile, keyFile })).rejects.toThrow(
    `The key in ${keyFile} does not belong to the certificate in ${certFile}`,
  );
  await expect(start(configured(certFile, ''))).rejects.toThrow(
    'A certificate needs both tlsCert (the certificate) and tlsKey (its key)',
  );
  await expect(start(configured('site.pem', keyFile))).rejects.toThrow(
    "tlsCert must be a whole path, not 'site.pem'",
  );
});
