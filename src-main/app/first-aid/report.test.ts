import { mkdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { defaultSettings } from '../../contract/settings.ts';
import { createRedactor } from '../../first-aid/redact.ts';
import { writeReport } from '../../first-aid/report.ts';
import { serveHttp } from '../../testing/http-servers.ts';
import { startTestRuntime } from '../../testing/start-test-runtime.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';

/** Secrets and names by the place where they are planted. */
const planted = {
  settings: 'hunter2-of-the-collector',
  address: 'ponds.lovelace.example',
  machine: 'Adas secret laboratory',
  provider: 'sk-live-9f3kq0zzPlantedProviderKey',
  config: 'swordfish-in-the-config-file',
  environment: 'hf_PlantedInTheEnvironment42',
  chat: 'The launch code is periwinkle-0451',
  mail: 'ada@lovelace.example',
  ip: '203.0.113.77',
  cookie: 'millpond_session=c00k1evalue77',
  bearer: 'Bearer abcdef0123456789tokentoken',
  invite: 'millpond://join/Zm9vYmFyYmF6cXV4',
  jwt: 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl',
} as const;

type Place = keyof typeof planted;

/** Which of them a text gives away. */
function leaksIn(text: string): readonly Place[] {
  return (Object.keys(planted) as Place[]).filter((place) => text.includes(planted[place]));
}

async function openScene() {
  const home = temporaryFolder();
  mkdirSync(home, { recursive: true });
  writeFileSync(
    join(home, 'settings.json'),
    JSON.stringify({
      ...defaultSettings,
      telemetryEndpoint: `https://ada:${planted.settings}@collector.example/v1`,
      publicAddress: planted.address,
      machineName: planted.machine,
    }),
  );
  const cloud = await serveHttp((_request, response) => {
    response
      .setHeader('content-type', 'application/json')
      .end(JSON.stringify({ data: [{ id: 'm', object: 'model' }] }));
  });
  writeFileSync(
    join(home, 'millpond.yaml'),
    `providers:\n  - name: cloud\n    baseUrl: ${cloud}/v1\n    keys: ["${planted.config}"]\n`,
  );
  const env = { HF_TOKEN: planted.environment };
  vi.stubEnv('HF_TOKEN', planted.environment);
  const scene = await startTestRuntime(home, { env });
  const { control, log } = scene;
  await control.providers.add({
    ...{ preset: 'custom', name: 'own', baseUrl: `${cloud}/v1` },
    keys: [planted.provider],
  });
  const { id } = await control.chats.create({});
  await control.chats.send({
    ...{ id, parentId: null, text: planted.chat, attachmentIds: [], model: 'guide' },
  });
  // What a careless line, or somebody else's error message, might bring.
  const { mail, ip, cookie, bearer, invite, jwt, provider, environment } = planted;
  log.logger.warn(
    { note: `${mail} from ${ip} with ${provider}, ${environment} and ${jwt}`, folder: home },
    `cookie: ${cookie}`,
  );
  log.logger.warn({ header: bearer, host: hostname() }, `asked for ${invite}`);
  return { home, ...scene };
}

test('DOCTOR: no planted secret, name or word of a chat is in the report', async () => {
  const { home, control, log } = await openScene();
  const { sections } = await control.firstAid.report({});
  const report = sections.map(({ text }) => text).join('\n');
  expect(sections.map(({ id }) => id)).toEqual([
    ...['program', 'findings', 'machine', 'models', 'settings', 'errors', 'log'],
  ]);
  expect(leaksIn(report)).toEqual([]);
  for (const own of [home, hostname()]) expect(report).not.toContain(own);
  // It still says what helps.
  expect(report).toMatch(/Version: \d/);
  expect(report).toMatch(/ok · database · The database opens/);
  expect(report).toContain('telemetryEndpoint');

  // The same material without redaction: the detector sees what it looks for.
  const raw = writeReport(
    {
      ...{ program: {}, findings: [], hardware: undefined, models: [], errors: [] },
      settings: await control.settings.get({}),
      log: [...log.newestLines(500), planted.chat, planted.config],
    },
    (text) => text,
  );
  const seen = leaksIn(raw.map(({ text }) => text).join('\n'));
  expect(seen.toSorted()).toEqual(
    (Object.keys(planted) as Place[])
      .filter((place) => place !== 'address' && place !== 'machine')
      .toSorted(),
  );
});

test('DOCTOR: what helps to help stays readable', () => {
  const redact = createRedactor({
    ...{ homeFolder: '/home/ada', userName: 'ada', hostName: 'mill' },
    secrets: ['correct horse battery'],
  });
  expect(redact('ada opened /home/ada/.local/millpond.db on mill')).toBe(
    '[user] opened ~/.local/millpond.db on [this machine]',
  );
  expect(redact('127.0.0.1:8484 and 192.168.1.4 and 8.8.8.8')).toBe(
    '127.0.0.1:8484 and 192.168.1.4 and [address]',
  );
  expect(redact('https://huggingface.co/api and https://intra.example/x')).toBe(
    'https://huggingface.co/api and https://[host]/x',
  );
  expect(redact('password=correct horse battery; driver 550.120; adaptive windmill')).toBe(
    'password=[secret]; driver 550.120; adaptive windmill',
  );
});
