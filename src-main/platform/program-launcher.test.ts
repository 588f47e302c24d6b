import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { createProgramLauncher } from './program-launcher.ts';
import { patience } from '../testing/patience.ts';

const launcher = createProgramLauncher();

/** A dead process that nobody has buried yet (state Z) still takes signals. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    if (process.platform !== 'linux') return true;
    return !readFileSync(`/proc/${String(pid)}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}

/** Starts a child of its own and says its pid. */
const parentScript = `
  const child = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  console.log('child ' + child.pid);
  setInterval(() => {}, 1000);
`;

function childPidIn(lines: readonly string[]): number {
  const line = lines.find((each) => each.startsWith('child '));
  if (line === undefined) throw new Error('not started yet');
  return Number(line.slice('child '.length));
}

test('hands over the lines and the exit of a program', async () => {
  const lines: string[] = [];
  const program = launcher.launch({
    command: process.execPath,
    args: ['-e', 'console.log(process.env.GREETING); process.exit(3)'],
    env: { GREETING: 'hello' },
    onLine: (line) => lines.push(line),
  });
  expect(await program.exited).toEqual({ code: 3, signal: null });
  expect(program.outputTail()).toEqual(['hello']);
  expect(lines).toEqual(['hello']);
});

test('a program that is not there ends at once and throws nothing', async () => {
  const program = launcher.launch({ command: '/nowhere/at-all', args: [] });
  expect(await program.exited).toEqual({ code: null, signal: null });
});

test('a child that keeps the output open does not hide the end of its program', async () => {
  const program = launcher.launch({
    command: process.execPath,
    args: [
      '-e',
      `require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' });
       setTimeout(() => process.exit(4), 50);`,
    ],
  });
  expect((await program.exited).code).toBe(4);
  program.kill('SIGKILL');
});

test.skipIf(process.platform === 'win32')('children end with their program', async () => {
  const program = launcher.launch({ command: process.execPath, args: ['-e', parentScript] });
  const child = await vi.waitFor(() => childPidIn(program.outputTail()), patience);
  program.kill('SIGKILL');
  await program.exited;
  await vi.waitFor(() => {
    expect(isAlive(child)).toBe(false);
  }, patience);
});

test.skipIf(process.platform === 'win32')(
  'a program ends when the runtime that started it is killed',
  async () => {
    const file = join(temporaryFolder(), 'runtime.mjs');
    const launcherFile = join(import.meta.dirname, 'program-launcher.ts');
    writeFileSync(
      file,
      `import { createProgramLauncher } from ${JSON.stringify(launcherFile)};
       const program = createProgramLauncher().launch({
         command: process.execPath,
         args: ['-e', 'setInterval(() => {}, 1000)'],
       });
       console.log('child ' + program.pid);
       setInterval(() => {}, 1000);`,
    );
    const runtime = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = await new Promise<[Buffer]>((resolve) =>
      runtime.stdout.once('data', (data: Buffer) => resolve([data])),
    );
    const program = childPidIn(line.toString().split('\n'));
    expect(isAlive(program)).toBe(true);
    runtime.kill('SIGKILL');
    await vi.waitFor(() => {
      expect(isAlive(program)).toBe(false);
    }, patience);
  },
);
