import { createHash } from 'node:crypto';
import { execFile } from 'node:child_process';
import { globSync, mkdirSync, readFileSync, readdirSync, statSync, utimesSync } from 'node:fs';
import { existsSync } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { acquireInstanceLock, type InstanceLock } from '../../src-main/platform/instance-lock.ts';
import { ensureBuilt } from '../scripts/support/build-state.ts';
import { isOnPath } from '../scripts/support/network-tools.ts';
import { projectFolder } from '../scripts/support/run-program.ts';
import { buildPackages } from './build-packages.ts';
import type { UpdateFeed } from './stage.ts';
import { thisTarget } from './target.ts';

/** Packages that tests share: all real but Electron, whose place a stand-in takes, and without compression. */
export interface TestPackages {
  /** An unpacked program. Tests only read it, or take it over with `deriveInstallation`. */
  readonly folder: string;
  /** The archive of the same program. */
  readonly tarGz: string;
  /** Its deb; a file that is not there where there is no dpkg-deb. */
  readonly deb: string;
}

const cacheFolder = join(tmpdir(), 'millpond-test-packages');
const keepMs = 60 * 60_000;
const lookAgainMs = 250;

/**
 * The packages of what is built in `out/`, which is built first if need be. Made once for all tests of
 * all processes; takes some ten seconds then, and none later.
 */
export async function testPackages(): Promise<TestPackages> {
  mkdirSync(cacheFolder, { recursive: true });
  const lock = await takeTurn(join(cacheFolder, 'lock'));
  try {
    await ensureBuilt();
    await removeOld();
    const folder = join(cacheFolder, keyOfSources());
    if (!existsSync(join(folder, 'complete'))) await make(folder);
    utimesSync(folder, new Date(), new Date());
    return found(folder);
  } finally {
    lock.release();
  }
}

async function takeTurn(lockFile: string): Promise<InstanceLock> {
  for (;;) {
    const lock = acquireInstanceLock(lockFile);
    if (lock) return lock;
    await wait(lookAgainMs);
  }
}

async function make(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await buildPackages({
    outputFolder: folder,
    target: thisTarget(),
    formats: isOnPath('dpkg-deb') ? ['tar.gz', 'deb'] : ['tar.gz'],
    engines: 'cpu',
    compression: 'none',
    epochSeconds: 1_700_000_000,
  });
  await writeFile(join(folder, 'complete'), '');
}

function found(folder: string): TestPackages {
  const named = (ending: string): string => {
    const name = readdirSync(folder).find((each) => each.endsWith(ending));
    return join(folder, name ?? `missing${ending}`);
  };
  return { folder: join(folder, 'unpacked'), tarGz: named('.tar.gz'), deb: named('.deb') };
}

/** Changes with the build, with what packs it, and with the installed packages. */
function keyOfSources(): string {
  const hash = createHash('sha256').update(projectFolder);
  hash.update(readFileSync(join(projectFolder, 'out', 'complete')));
  hash.update(readFileSync(join(projectFolder, 'package-lock.json')));
  for (const path of globSync('build/pack/**/*', { cwd: projectFolder }).toSorted()) {
    const entry = statSync(join(projectFolder, path));
    if (entry.isFile()) hash.update(`${path} ${String(entry.mtimeMs)}`);
  }
  return hash.digest('hex').slice(0, 16);
}

async function removeOld(): Promise<void> {
  for (const name of readdirSync(cacheFolder).filter((each) => each.length === 16)) {
    const folder = join(cacheFolder, name);
    if (Date.now() - statSync(folder).mtimeMs < keepMs) continue;
    await rm(folder, { recursive: true, force: true });
  }
}

export interface DeriveOptions {
  readonly version: string;
  readonly updates?: UpdateFeed;
  /** Changes files by their path in the program, such as `out/main/engine-host.js`. */
  readonly files?: Readonly<Record<string, (text: string) => string>>;
}

/**
 * Another installation of the same program, with another version and other files, in about a second: the
 * rest is shared by hard links, so nothing in it may be written in place (`replaceFile` does not).
 */
export async function deriveInstallation(
  from: string,
  to: string,
  { version, updates, files = {} }: DeriveOptions,
): Promise<string> {
  await promisify(execFile)('cp', ['--archive', '--link', '--no-target-directory', from, to]);
  const program = join(to, 'resources', 'app.asar.unpacked');
  const withVersion = (text: string): string =>
    JSON.stringify({ ...(JSON.parse(text) as object), version }, undefined, 2);
  for (const [path, change] of Object.entries({ 'package.json': withVersion, ...files })) {
    const file = join(program, path);
    await replaceFile(file, change(existsSync(file) ? await readFile(file, 'utf8') : ''));
  }
  if (updates) {
    await replaceFile(join(program, 'resources', 'updates.json'), JSON.stringify(updates));
  }
  return to;
}

/** Puts a new file in place of one that other folders share. */
export async function replaceFile(file: string, text: string): Promise<void> {
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
}
