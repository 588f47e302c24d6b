import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, symlinkSync, truncateSync } from 'node:fs';
import { chmodSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Finding } from '../../contract/first-aid.ts';
import { defaultSettings } from '../../contract/settings.ts';
import type { SettingsPatch } from '../../contract/settings.ts';
import { graphicsFindings } from '../../first-aid/checks/hardware.ts';
import { checkDataFolder } from '../../first-aid/checks/data-folder.ts';
import { examine } from '../../first-aid/examine.ts';
import { describeHardware } from '../../hardware/detect-hardware.ts';
import type { RawHardware } from '../../hardware/detect-hardware.ts';
import { parseNvidiaCards } from '../../hardware/nvidia-smi.ts';
import { createForkLauncher } from '../../platform/fork-launcher.ts';
import { findFreePort } from '../../platform/http/free-port.ts';
import { createOutgoing } from '../../platform/http/outgoing.ts';
import { findInstallation } from '../../platform/installation.ts';
import { acquireInstanceLock } from '../../platform/instance-lock.ts';
import { dataPaths } from '../../platform/paths.ts';
import { programFilesAt } from '../../platform/program-files.ts';
import { systemClock } from '../../platform/system-clock.ts';
import { serveHttp } from '../../testing/http-servers.ts';
import { databaseWorkerFile } from '../../testing/open-test-database.ts';
import { ownCertificate } from '../../testing/own-certificate.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { openDatabase } from '../../storage/open-database.ts';
import { ensureOwner } from '../../storage/person-store.ts';
import type { FirstAid } from './first-aid.ts';
import { offlineFirstAid } from './offline.ts';

const entryFolder = join(import.meta.dirname, '..', '..');
const files = programFilesAt(entryFolder);
const guide = join(files.resourcesFolder, 'models', 'guide', 'guide-q8_0.gguf');
const signal = new AbortController().signal;
const dayMs = 24 * 60 * 60_000;

interface Planted {
  readonly settings?: SettingsPatch;
  readonly env?: Readonly<Record<string, string>>;
  /** Where the entries of children lie; the program's own if absent. */
  readonly entryFolder?: string;
}

/** First aid without a runtime, as `millpond doctor` has it where Millpond cannot start. */
function firstAidAt(home: string, { settings, env = {}, entryFolder: entries }: Planted = {}) {
  vi.stubEnv('MILLPOND_ENGINE_THREADS', '1');
  for (const name of ['HTTPS_PROXY', 'HTTP_PROXY', 'https_proxy', 'http_proxy']) {
    vi.stubEnv(name, env[name]);
  }
  mkdirSync(home, { recursive: true });
  if (settings !== undefined) {
    writeFileSync(join(home, 'settings.json'), JSON.stringify({ ...defaultSettings, ...settings }));
  }
  const surroundings = {
    platform: 'linux' as const,
    env: { ...env, MILLPOND_HOME: home },
    homeFolder: home,
  };
  const outgoing = createOutgoing(systemClock);
  onTestFinished(() => outgoing.close());
  return offlineFirstAid({
    ...{ files, surroundings, outgoing, paths: dataPaths(surroundings), clock: systemClock },
    installation: findInstallation(entryFolder, {}),
    launcher: createForkLauncher(entries === undefined ? files : programFilesAt(entries)),
  });
}

const wrongIn = (findings: readonly Finding[]) =>
  findings.filter(({ outcome }) => outcome !== 'ok').map(({ id }) => id);

const found = (findings: readonly Finding[], id: string) =>
  findings.find((finding) => finding.id === id);

/** A hub that answers everything with one status, and whose clock may be wrong. */
const startHub = (status: number, aheadMs = 0) =>
  serveHttp((_request, response) => {
    response.sendDate = false;
    response
      .writeHead(status, {
        'content-type': 'application/json',
        date: new Date(Date.now() + aheadMs).toUTCString(),
      })
      .end('[]');
  });

async function takePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function makeDatabase(home: string): Promise<string> {
  const file = join(home, 'millpond.db');
  const database = await openDatabase({ file, workerFile: databaseWorkerFile });
  await ensureOwner(database, 1, 'Ada');
  await database.destroy();
  return file;
}

/** Overwrites the page of people. */
function damage(file: string): void {
  const bytes = readFileSync(file);
  bytes.fill(0x5a, Math.floor(bytes.indexOf('Ada') / 4096) * 4096).subarray(0);
  writeFileSync(file, bytes);
}

/** A program whose engines die before their first word. */
function brokenEngines(): string {
  const folder = join(temporaryFolder(), 'src-main');
  mkdirSync(folder, { recursive: true });
  symlinkSync(join(entryFolder, 'probe-host.ts'), join(folder, 'probe-host.ts'));
  writeFileSync(
    join(folder, 'engine-host.ts'),
    "console.error('no such library'); process.exit(3);\n",
  );
  return folder;
}

function putBrokenModel(home: string): void {
  const folder = join(home, 'models', 'acme', 'broken');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'broken-Q8_0.gguf');
  copyFileSync(guide, file);
  truncateSync(file, 100_000);
}

async function expiredCertificate(home: string) {
  const { cert, key } = await ownCertificate({
    to: Date.now() - dayMs,
    from: Date.now() - 9 * dayMs,
  });
  const [tlsCert, tlsKey] = [join(home, 'site.pem'), join(home, 'site.key')];
  mkdirSync(home, { recursive: true });
  writeFileSync(tlsCert, cert);
  writeFileSync(tlsKey, key);
  return { tlsCert, tlsKey };
}

describe('DOCTOR: planted faults', () => {
  test('a healthy installation has none of them', async () => {
    const home = temporaryFolder();
    await makeDatabase(home);
    const settings = { port: await findFreePort() };
    const HF_ENDPOINT = await startHub(200);
    const findings = await firstAidAt(home, { settings, env: { HF_ENDPOINT } }).examine(signal);
    // What the machine of the test is short of is no fault that was planted.
    const own = wrongIn(findings).filter((id) => !/^(memory|hardware)|little-space/.test(id));
    expect(own).toEqual([]);
    expect(findings.map(({ id }) => id)).toEqual(
      expect.arrayContaining([
        'program',
        'database',
        'engine',
        'models',
        'port-free',
        'hub',
        'clock',
      ]),
    );
  });

  test('a taken port, a damaged database, a dead proxy, an expired certificate and leftovers are found by name and mended', async () => {
    const home = temporaryFolder();
    damage(await makeDatabase(home));
    const port = await takePort();
    const deadPort = await findFreePort();
    const env = {
      HF_ENDPOINT: `http://127.0.0.1:${deadPort}`,
      HTTPS_PROXY: `http://127.0.0.1:${deadPort}`,
    };
    const settings = { port, ...(await expiredCertificate(home)) };
    putBrokenModel(home);
    const aid = firstAidAt(home, { settings, env, entryFolder: brokenEngines() });
    writeFileSync(join(home, 'runtime.json'), '{}');
    mkdirSync(join(home, 'restore.tmp'));

    const findings = await aid.examine(signal);
    const fixes = Object.fromEntries(findings.map(({ id, fix }) => [id, fix]));
    expect(fixes).toMatchObject({
      'port-taken': { kind: 'call', deed: 'choose-free-port' },
      'database-damaged': { kind: 'call', deed: 'recover-database' },
      'engine-failed': undefined,
      'model-damaged': { kind: 'navigate', path: '/models' },
      'hub-unreachable': { kind: 'navigate', path: '/settings/hub' },
      'proxy-silent': { kind: 'command', command: expect.stringContaining('unset') as string },
      'certificate-expired': { kind: 'navigate', path: '/settings/server' },
      'leftovers-runtime': { kind: 'call', deed: 'remove-leftovers' },
      'leftovers-restore': { kind: 'call', deed: 'remove-leftovers' },
    });
    expect(found(findings, 'port-taken')?.sentence).toContain(`process ${process.pid}`);
    expect(found(findings, 'engine-failed')?.sentence).toContain('could not be started');
    expect(found(findings, 'model-damaged')?.sentence).toContain('acme/broken');

    const deeds = ['choose-free-port', 'recover-database', 'remove-leftovers'] as const;
    for (const deed of deeds) await aid.mend(deed, undefined, signal);
    const after = wrongIn(await aid.examine(signal));
    expect(after).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^(port-taken|database-damaged|leftovers)/)]),
    );
    expect(after).toEqual(expect.arrayContaining(['database-mended', 'certificate-expired']));
  });

  test('settings and a config file that make no sense, a wrong clock and a token that nobody knows', async () => {
    const home = temporaryFolder();
    const HF_ENDPOINT = await startHub(401, 10 * 60_000);
    const env = { HF_ENDPOINT, HF_TOKEN: 'hf_notarealtokenatall' };
    const aid = firstAidAt(home, { env });
    writeFileSync(join(home, 'settings.json'), '{"version": 1, "language":');
    writeFileSync(join(home, 'millpond.yaml'), 'providers: 7\n');
    const findings = await aid.examine(signal);
    expect(wrongIn(findings)).toEqual(
      expect.arrayContaining([
        ...['settings-broken', 'config-rejected', 'clock-wrong', 'hub-token-refused'],
      ]),
    );
    expect(found(findings, 'clock-wrong')?.values).toMatchObject({
      minutes: expect.stringMatching(/^(10|9\.9)/) as string,
      direction: 'behind',
    });
    expect(found(findings, 'config-rejected')?.values).toMatchObject({ line: '1' });
  });

  test('a data folder that something holds without a word', async () => {
    const home = temporaryFolder();
    const aid = firstAidAt(home);
    const lock = acquireInstanceLock(join(home, 'runtime.lock'));
    onTestFinished(() => {
      lock?.release();
    });
    expect(wrongIn(await aid.examine(signal))).toContain('leftovers-locked');
    await expect(aid.mend('choose-free-port', undefined, signal)).rejects.toThrow(/holds the data/);
  });
});

describe('DOCTOR: disks', () => {
  const look = (folder: string) => examine([checkDataFolder(folder)], signal);
  const mayMount = process.platform === 'linux' && process.getuid?.() === 0;

  /** A disk of its own; undefined where this machine allows no mounting. */
  function mount(options: string): string | undefined {
    const folder = temporaryFolder();
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder], { stdio: 'ignore' });
    } catch {
      return undefined;
    }
    onTestFinished(() => void execFileSync('umount', ['--lazy', folder]));
    return folder;
  }

  test.runIf(mayMount)('nearly full, and read-only', async (context) => {
    const [small, readOnly] = [mount('size=50m'), mount('size=5g,ro')];
    if (small === undefined || readOnly === undefined) {
      context.skip('this machine allows no mounting');
      return;
    }
    expect(await look(small)).toMatchObject([
      { id: 'data-little-space', outcome: 'problem', fix: { kind: 'navigate', path: '/models' } },
    ]);
    expect(await look(readOnly)).toMatchObject([{ id: 'data-read-only', outcome: 'problem' }]);
  });

  test.skipIf(mayMount || process.platform === 'win32')(
    'a folder without the right to write is mended',
    async () => {
      const home = temporaryFolder();
      const aid: FirstAid = firstAidAt(home);
      chmodSync(home, 0o500);
      expect(await look(home)).toMatchObject([
        { id: 'data-read-only', fix: { kind: 'call', deed: 'make-writable' } },
      ]);
      await aid.mend('make-writable', undefined, signal);
      expect(wrongIn(await look(home))).not.toContain('data-read-only');
    },
  );

  test('a folder that a program synchronises', async () => {
    const folder = join(temporaryFolder(), 'Dropbox', 'millpond');
    mkdirSync(folder, { recursive: true });
    expect(wrongIn(await look(folder))).toContain('data-synced');
    expect(wrongIn(await look(temporaryFolder()))).not.toContain('data-synced');
  });
});

describe('DOCTOR: graphics of recorded machines', () => {
  const recorded = (name: string, backend: 'none' | undefined) => {
    const text = readFileSync(join(entryFolder, 'hardware', 'fixtures', `${name}.json`), 'utf8');
    const fixture = JSON.parse(text) as RawHardware & {
      readonly graphics: { readonly controllers: RawHardware['controllers'] };
      readonly nvidiaSmi: string;
      readonly amdgpu: RawHardware['amd'];
    };
    const engine = fixture.engine;
    if (engine === undefined) throw new Error(`${name} was recorded without an engine`);
    const snapshot = describeHardware({
      ...fixture,
      ...{ hostName: 'mill', osFallback: '', constrainedMemoryBytes: 0 },
      controllers: fixture.graphics.controllers,
      nvidia: parseNvidiaCards(fixture.nvidiaSmi),
      amd: fixture.amdgpu,
      engine: backend === 'none' ? { ...engine, deviceNames: [] } : engine,
    });
    const seen = (engine as unknown as { readonly backend: 'cuda' | 'vulkan' | 'metal' | 'none' })
      .backend;
    return { snapshot, findings: graphicsFindings(snapshot, { backend: backend ?? seen }) };
  };

  test.each(['rtx-4090-linux', 'rx-7900-xt-linux', 'arc-a770-linux', 'rtx-3060-windows'])(
    '%s is well, and not without its driver',
    (name) => {
      expect(wrongIn(recorded(name, undefined).findings)).toEqual([]);
      expect(wrongIn(recorded(name, 'none').findings)).toEqual(['hardware-no-backend']);
    },
  );

  test('a machine without a card misses none; a driver of years ago and a lost card are named', () => {
    expect(wrongIn(recorded('no-card-linux', 'none').findings)).toEqual([]);
    const { snapshot } = recorded('rtx-4090-linux', 'none');
    const [card] = snapshot.gpus;
    if (card === undefined) throw new Error('the recorded machine has a card');
    const old = { ...snapshot, gpus: [{ ...card, driver: '470.82' }] };
    expect(graphicsFindings(old, { backend: 'none' })).toMatchObject([
      { id: 'hardware-old-driver', values: { driver: '470.82', needed: '525' } },
    ]);
    const lost = { ...snapshot, gpus: [{ ...card, isMissing: true }] };
    expect(wrongIn(graphicsFindings(lost, { backend: 'none' }))).toEqual(['hardware-lost']);
  });
});
