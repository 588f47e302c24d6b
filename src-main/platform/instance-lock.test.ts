import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test, vi } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { acquireInstanceLock } from './instance-lock.ts';

test('is refused while another process holds it, and free after that one was killed', async () => {
  const folder = temporaryFolder();
  const lockFile = join(folder, 'runtime.lock');
  const holder = join(folder, 'holder.mjs');
  const lockModule = JSON.stringify(join(import.meta.dirname, 'instance-lock.ts'));
  writeFileSync(
    holder,
    `import { acquireInstanceLock } from ${lockModule};
     process.send(acquireInstanceLock(process.argv[2]) === undefined ? 'refused' : 'held');
     process.on('message', () => {});`,
  );
  const child = fork(holder, [lockFile], { execArgv: [] });
  expect(await once(child, 'message')).toEqual(['held', undefined]);
  expect(acquireInstanceLock(lockFile)).toBeUndefined();
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
  const lock = acquireInstanceLock(lockFile);
  expect(lock).toBeDefined();
  lock?.release();
  expect(readdirSync(folder).toSorted()).toEqual(['holder.mjs', 'runtime.lock']);
});

test('can be taken again after it was released', () => {
  const lockFile = join(temporaryFolder(), 'runtime.lock');
  const first = acquireInstanceLock(lockFile);
  expect(acquireInstanceLock(lockFile)).toBeUndefined();
  first?.release();
  first?.release();
  const second = acquireInstanceLock(lockFile);
  expect(second).toBeDefined();
  second?.release();
});

test('is taken away with its file, and only by its holder', () => {
  const lockFile = join(temporaryFolder(), 'model.lock');
  const first = acquireInstanceLock(lockFile);
  first?.discard();
  expect(existsSync(lockFile)).toBe(false);
  const second = acquireInstanceLock(lockFile);
  first?.discard();
  expect(acquireInstanceLock(lockFile)).toBeUndefined();
  second?.discard();
});

test('a lock on a file that its holder took away just then is not believed', () => {
  const lockFile = join(temporaryFolder(), 'model.lock');
  const exec = vi.spyOn(DatabaseSync.prototype, 'exec');
  onTestFinished(() => {
    exec.mockRestore();
  });
  exec.mockImplementationOnce(() => {
    rmSync(lockFile);
  });
  const lock = acquireInstanceLock(lockFile);
  expect([lock === undefined, existsSync(lockFile)]).toEqual([false, true]);
  expect(acquireInstanceLock(lockFile)).toBeUndefined();
  lock?.discard();
});

test('a lock file that is something else is named', () => {
  const lockFile = join(temporaryFolder(), 'runtime.lock');
  writeFileSync(lockFile, 'this is not a database, and long enough to be seen as one'.repeat(20));
  expect(() => acquireInstanceLock(lockFile)).toThrow(lockFile);
});

test('a folder that does not exist is named', () => {
  const lockFile = join(temporaryFolder(), 'nowhere', 'runtime.lock');
  expect(() => acquireInstanceLock(lockFile)).toThrow(lockFile);
});
