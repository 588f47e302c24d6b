import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import type { KilledSwitch } from './switch-kill.fixture.ts';
import { readSwitch } from './switch-journal.ts';
import type { SwitchEntry } from './switch-journal.ts';
import { finishSwitch, switchOver } from './switch-over.ts';

const fixture = join(import.meta.dirname, 'switch-kill.fixture.ts');
const kinds = ['folder', 'file'] as const;

/** A program and its data, the new version beside it, and what an earlier update has left. */
function installed(kind: (typeof kinds)[number], way: SwitchEntry['kind']) {
  const folder = temporaryFolder();
  const root = join(folder, 'programs', 'Millpond');
  const stage = join(folder, 'programs', 'Millpond.update');
  const staged = way === 'update' ? join(stage, 'new') : `${root}.before`;
  mkdirSync(stage, { recursive: true });
  const write = (path: string, version: string): void => {
    if (kind === 'folder') mkdirSync(path);
    writeFileSync(kind === 'folder' ? join(path, 'version') : path, version);
  };
  write(root, way === 'update' ? 'old' : 'new');
  write(staged, way === 'update' ? 'new' : 'old');
  if (way === 'update') write(`${root}.before`, 'older');
  const data = join(folder, 'data');
  const backup = join(folder, 'backup');
  writeFileSync(data, 'data of the new');
  writeFileSync(backup, 'data of the old');
  const plan: SwitchEntry = {
    ...{ version: 1, kind: way, from: '1', to: '2', at: 1, root, staged, backup },
    kept: way === 'update' ? `${root}.before` : `${root}.newer`,
    ...(way === 'update' && { stage }),
    isDataOwed: way === 'back',
  };
  const journalFile = join(folder, 'switch.json');
  const versionAt = (path: string): string =>
    readFileSync(kind === 'folder' ? join(path, 'version') : path, 'utf8');
  const restore = (file: string): undefined => {
    cpSync(file, data);
    return undefined;
  };
  return {
    folder,
    root,
    plan,
    journalFile,
    data,
    versionAt,
    deps: { journalFile, data: { restore } },
  };
}

function killAt(step: string, { plan, journalFile, data }: ReturnType<typeof installed>): void {
  const killed: KilledSwitch = { plan, journalFile, data, step };
  const { signal, stderr } = spawnSync(process.execPath, [fixture, JSON.stringify(killed)]);
  expect(stderr.toString()).toBe('');
  expect(signal).toBe('SIGKILL');
}

const beside = ({ folder }: { readonly folder: string }) =>
  readdirSync(join(folder, 'programs')).toSorted();

test.each(kinds)('UPDATE: a %s takes its place, and the one from before is kept', (kind) => {
  const place = installed(kind, 'update');
  switchOver(place.plan, place.deps);
  expect(place.versionAt(place.root)).toBe('new');
  expect(place.versionAt(place.plan.kept)).toBe('old');
  expect(beside(place)).toEqual(['Millpond', 'Millpond.before']);
  expect(existsSync(place.journalFile)).toBe(false);
});

test.each(
  kinds.flatMap((kind) =>
    ['written', 'moved-away', 'moved-in', 'cleaned'].map((step) => [kind, step] as const),
  ),
)(
  'UPDATE: a %s that is replaced by somebody killed at "%s" is old or new afterwards, and whole',
  (kind, step) => {
    const place = installed(kind, 'update');
    killAt(step, place);
    const isIn = step === 'moved-in' || step === 'cleaned';
    const { result } = finishSwitch(place.deps);
    expect(result).toBe(isIn ? 'finished' : 'undone');
    expect(place.versionAt(place.root)).toBe(isIn ? 'new' : 'old');
    expect(place.versionAt(place.plan.kept)).toBe(isIn ? 'old' : 'older');
    expect(beside(place)).toEqual(['Millpond', 'Millpond.before']);
    expect(readSwitch(place.journalFile)).toBeUndefined();
    expect(finishSwitch(place.deps)).toEqual({ result: 'nothing' });
  },
);

test.each(
  kinds.flatMap((kind) =>
    ['written', 'restored', 'moved-away', 'moved-in', 'cleaned'].map(
      (step) => [kind, step] as const,
    ),
  ),
)(
  'UPDATE: the way back of a %s is finished after a kill at "%s", data and program',
  (kind, step) => {
    const place = installed(kind, 'back');
    killAt(step, place);
    expect(finishSwitch(place.deps).result).toBe('finished');
    expect(place.versionAt(place.root)).toBe('old');
    expect(readFileSync(place.data, 'utf8')).toBe('data of the old');
    expect(beside(place).filter((name) => name !== 'Millpond.update')).toEqual(['Millpond']);
  },
);

test('UPDATE: a rename that fails leaves the version from before in its place', () => {
  const place = installed('folder', 'update');
  // A folder that vanishes between the look and the rename: the second rename fails.
  const plan = { ...place.plan, root: join(place.folder, 'programs', 'Millpond') };
  const deps = {
    ...place.deps,
    onStep(step: string) {
      if (step === 'moved-away') throw Object.assign(new Error('planted'), { code: 'EIO' });
    },
  };
  expect(() => {
    switchOver(plan, deps);
  }).toThrow('the disk reported an error');
  expect(place.versionAt(place.root)).toBe('old');
  expect(place.versionAt(place.plan.kept)).toBe('older');
  expect(beside(place)).toEqual(['Millpond', 'Millpond.before']);
  expect(existsSync(place.journalFile)).toBe(false);
});

test('UPDATE: a way back that fails behind the data gives the newer data back', () => {
  const place = installed('folder', 'back');
  const kept = join(place.folder, 'aside');
  // The folder that the running program would move to cannot be made.
  const plan = { ...place.plan, kept: join(place.folder, 'nowhere', 'newer') };
  const restore = (file: string): string => {
    cpSync(place.data, kept);
    cpSync(file === kept ? join(place.folder, 'first') : file, place.data);
    return kept;
  };
  cpSync(place.data, join(place.folder, 'first'));
  expect(() => {
    switchOver(plan, { journalFile: place.journalFile, data: { restore } });
  }).toThrow();
  expect(place.versionAt(place.root)).toBe('new');
  expect(readFileSync(place.data, 'utf8')).toBe('data of the new');
  expect(readSwitch(place.journalFile)).toBeUndefined();
});

test('UPDATE: where the newer data lie is known, also after a kill behind them', () => {
  const place = installed('folder', 'back');
  writeFileSync(
    place.journalFile,
    JSON.stringify({ ...place.plan, isDataOwed: false, setAside: '/kept' }),
  );
  expect(finishSwitch(place.deps).entry).toMatchObject({ setAside: '/kept' });
  expect(place.versionAt(place.root)).toBe('old');
});
