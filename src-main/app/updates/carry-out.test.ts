import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { dataPaths } from '../../platform/paths.ts';
import { createProgramLauncher } from '../../platform/program-launcher.ts';
import { migrate } from '../../storage/migrate.ts';
import { allMigrations } from '../../storage/migrations/all-migrations.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { updateFiles } from '../../updates/update-files.ts';
import { UpdateStateFile } from '../../updates/update-state.ts';
import { carryOut, recoverUpdate, updatesFolder } from './carry-out.ts';
import type { CarryOutDeps } from './carry-out.ts';
import { commandRunner } from './run-command.ts';

/** A data folder with one person, an installation of version 1, and version 2 unpacked beside it. */
function installed(home: string) {
  const folder = temporaryFolder();
  const root = join(folder, 'Millpond');
  const stage = `${root}.update`;
  for (const [path, version] of [
    [root, '1.0.0'],
    [join(stage, 'new'), '2.0.0'],
  ] as const) {
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, 'version'), version);
  }
  const paths = dataPaths({ platform: 'linux', env: { MILLPOND_HOME: home }, homeFolder: home });
  mkdirSync(updatesFolder(paths), { recursive: true });
  writeFileSync(join(updatesFolder(paths), 'unpacking'), stage);
  const database = new DatabaseSync(paths.databaseFile);
  const backupFolder = join(home, 'backups');
  migrate(database, { file: paths.databaseFile, backupFolder, migrations: allMigrations, now: 0 });
  database.exec(
    "insert into persons (id, name, role, created_at) values ('p1', 'Olga', 'owner', 1)",
  );
  database.close();
  const depsOf = (version: string): CarryOutDeps => ({
    paths,
    installation: { kind: 'folder', root, platform: 'linux', arch: 'x64', version },
    state: new UpdateStateFile(updateFiles(updatesFolder(paths)).state),
    run: commandRunner(createProgramLauncher()),
    now: () => 1_800_000_000_000,
    log: { info: () => {}, warn: () => {} },
  });
  const versionIn = (path: string): string => readFileSync(join(path, 'version'), 'utf8');
  const people = (): readonly unknown[] => {
    const opened = new DatabaseSync(paths.databaseFile);
    try {
      return opened
        .prepare('select name from persons order by id')
        .all()
        .map(({ name }) => name);
    } finally {
      opened.close();
    }
  };
  const addPerson = (): void => {
    const opened = new DatabaseSync(paths.databaseFile);
    opened.exec(
      "insert into persons (id, name, role, created_at) values ('p2', 'Late', 'member', 2)",
    );
    opened.close();
  };
  const unpacked = { stage, replacement: join(stage, 'new'), command: 'unused' };
  const wish = { kind: 'update' as const, to: '2.0.0', packageFile: 'unused', unpacked };
  return { folder, root, paths, depsOf, versionIn, people, addPerson, wish };
}

test('UPDATE: replaced, and back with the data of then; what was written since is put aside', async () => {
  const place = installed(temporaryFolder());
  const before = place.depsOf('1.0.0');
  await carryOut(place.wish, before);
  expect(place.versionIn(place.root)).toBe('2.0.0');
  expect(before.state.current).toMatchObject({ earlier: { version: '1.0.0' } });
  expect(readdirSync(place.folder).toSorted()).toEqual(['Millpond', 'Millpond.before']);

  place.addPerson();
  const after = place.depsOf('2.0.0');
  await carryOut({ kind: 'back' }, after);
  expect(place.versionIn(place.root)).toBe('1.0.0');
  expect(place.people()).toEqual(['Olga']);
  expect(readdirSync(place.folder)).toEqual(['Millpond']);
  const { setAside, earlier } = after.state.current;
  expect(earlier).toBeUndefined();
  expect(readdirSync(setAside?.folder ?? '')).toContain('millpond.db');
});

test('UPDATE: without the program of before there is no way back, and the data stay as they are', async () => {
  const place = installed(temporaryFolder());
  await carryOut(place.wish, place.depsOf('1.0.0'));
  place.addPerson();
  rmSync(`${place.root}.before`, { recursive: true });
  const after = place.depsOf('2.0.0');
  await carryOut({ kind: 'back' }, after);
  expect(after.state.current.failure?.error.message).toContain('is not kept here any more');
  expect(after.state.current.earlier).toMatchObject({ version: '1.0.0' });
  expect(place.versionIn(place.root)).toBe('2.0.0');
  expect(place.people()).toEqual(['Olga', 'Late']);
});

test('UPDATE: a start that finds nothing to mend changes nothing', async () => {
  const place = installed(temporaryFolder());
  expect(await recoverUpdate(place.depsOf('1.0.0'))).toEqual({ isReplaced: false });
  expect(place.versionIn(place.root)).toBe('1.0.0');
});

test('UPDATE: a package that somebody else installs is noticed at the next start, or that nobody did', async () => {
  const place = installed(temporaryFolder());
  const backup = join(place.paths.dataFolder, 'backup');
  const awaited = { kind: 'update' as const, from: '1.0.0', to: '2.0.0', backup };
  const old = place.depsOf('1.0.0');
  await old.state.change({ awaited });
  await recoverUpdate(old);
  expect(old.state.current.failure?.error.message).toContain('cut off');
  await old.state.change({ awaited, failure: undefined });
  const updated = place.depsOf('2.0.0');
  await recoverUpdate(updated);
  expect(updated.state.current).toMatchObject({ earlier: { version: '1.0.0', backup } });
  expect(updated.state.current.awaited).toBeUndefined();
});

const mayMount = process.platform === 'linux' && process.getuid?.() === 0;

test.runIf(mayMount)(
  'UPDATE: no room for the backup of the data is one sentence, and the version from before stays',
  async (context) => {
    const home = temporaryFolder();
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', home], { stdio: 'ignore' });
    } catch {
      context.skip('this machine allows no mounting');
    }
    onTestFinished(() => {
      execFileSync('umount', ['--lazy', home]);
    });
    const place = installed(home);
    const { bavail, bsize } = statfsSync(home);
    writeFileSync(join(home, 'ballast'), Buffer.alloc(bavail * bsize));
    const deps = place.depsOf('1.0.0');
    await carryOut(place.wish, deps);
    expect(deps.state.current.failure).toMatchObject({
      ...{ step: 'switch', error: { code: 'storage-full' } },
    });
    expect(place.versionIn(place.root)).toBe('1.0.0');
    expect(place.people()).toEqual(['Olga']);
    expect(readdirSync(place.folder)).toEqual(['Millpond']);
    expect(existsSync(updateFiles(updatesFolder(place.paths)).journal)).toBe(false);
    expect(readdirSync(join(home, 'backups')).filter((name) => name.includes('2.0.0'))).toEqual([]);
  },
);
