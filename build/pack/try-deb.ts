import { copyFileSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { makeCleanDebian, type CleanDebian } from './clean-debian.ts';
import { servePackaged } from './packaged-server.ts';

/** What a deb did in a clean Debian, from its installation to the last trace of it. */
export interface DebTrial {
  /** What Guide said, asked over loopback. */
  readonly answer: string;
  /** 0 after SIGTERM. */
  readonly exitStatus: number | null;
  /** Paths that the installation made or changed. */
  readonly installed: readonly string[];
  /** Paths that were not there before, or are different, after the purge. */
  readonly traces: readonly string[];
  /** Paths that are gone after it. */
  readonly gone: readonly string[];
  /** What the package drew in beside itself. */
  readonly alsoInstalled: readonly string[];
}

/**
 * Installs the deb as a server does, without what is recommended; runs `serve`, asks one question,
 * stops it, purges the package and compares the whole system with the one before.
 */
export async function tryDeb(deb: string): Promise<DebTrial> {
  await using debian = await makeCleanDebian();
  const before = debian.snapshot();
  const packagesBefore = await installedPackages(debian);
  mkdirSync(join(debian.root, 'tmp', 'packages'), { recursive: true });
  copyFileSync(deb, join(debian.root, 'tmp', 'packages', 'millpond.deb'));
  const file = '/tmp/packages/millpond.deb';
  await debian.execute('apt-get', 'install', '-y', '--no-install-recommends', file);
  const alsoInstalled = (await installedPackages(debian)).filter(
    (name) => !packagesBefore.includes(name) && name !== 'millpond',
  );
  const installed = differences(before, debian.snapshot());
  const { answer, exitStatus } = await askOnce(debian);
  await debian.execute('apt-get', 'purge', '-y', '--auto-remove', 'millpond');
  const after = debian.snapshot();
  const status = readFileSync(join(debian.root, 'var/lib/dpkg/status'), 'utf8');
  const remembered = status.includes('Package: millpond\n') ? ['var/lib/dpkg/status'] : [];
  return {
    answer,
    exitStatus,
    alsoInstalled,
    installed,
    traces: [...differences(before, after).filter((path) => after.has(path)), ...remembered],
    gone: [...before.keys()].filter((path) => !after.has(path)),
  };
}

/** As a service would run it: with a data folder of its own, which is the person's and not the package's. */
async function askOnce(debian: CleanDebian) {
  const dataFolder = '/tmp/millpond-data';
  await using server = await servePackaged({
    command: debian.inside(['/usr/bin/millpond']),
    dataFolder,
    homeFolder: '/nonexistent',
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
  });
  const answer = await server.ask('What is Millpond?');
  const exitStatus = await server.stop();
  rmSync(join(debian.root, dataFolder), { recursive: true, force: true });
  return { answer, exitStatus };
}

async function installedPackages(debian: CleanDebian): Promise<readonly string[]> {
  const listed = await debian.execute('dpkg-query', '--show', '--showformat', '${Package}\\n');
  return listed.trim().split('\n');
}

function differences(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): readonly string[] {
  const paths = new Set([...before.keys(), ...after.keys()]);
  return [...paths].filter((path) => before.get(path) !== after.get(path)).toSorted();
}
