import { expect, test } from 'vitest';
import { refusal, runCommand } from '../testing/command-line.ts';
import { plainMarkdown } from './plain-markdown.ts';

const status = { version: '0.1.0', kind: 'folder', isChecking: false };
const available = {
  ...{ version: '0.2.0', date: '2026-11-22', sizeBytes: 250_000_000, isPutOff: false },
  news: [
    { version: '0.2.0', date: '2026-11-22', notes: '### Added\n\n- **More** [here](https://x)' },
  ],
};
const check = 'POST /control/updates/check';
const apply = 'POST /control/updates/apply';
const earlier = { version: '0.1.0', replacedAt: 1_790_000_000_000 };

test('UPDATE: millpond update says what is new, and how to get it', async () => {
  const answers = { [check]: { ...status, available, earlier } };
  const { out, exitCode, started, stopped } = await runCommand(['update'], { answers });
  expect(out).toContain('Millpond 0.2.0 is there; this is 0.1.0');
  expect(out).toContain('- More here');
  expect(out).toContain('250 MB');
  expect(out).toContain('--back');
  expect({ exitCode, started, stopped }).toEqual({ exitCode: 0, started: 1, stopped: 1 });
});

test('UPDATE: without anything new, for another computer, or for a version too old, it says so', async () => {
  const saying = async (change: object): Promise<string> => {
    const options = { answers: { [check]: { ...status, ...change } }, isRunning: true };
    return (await runCommand(['update', '--check'], options)).out;
  };
  expect(await saying({})).toBe('Millpond 0.1.0 is the newest version.\n');
  const far = { version: '0.9.0', why: 'too-old' };
  expect(await saying({ outOfReach: far })).toContain('too old');
  expect(await saying({ outOfReach: { ...far, why: 'no-file' } })).toContain(
    'not for this computer',
  );
});

test('UPDATE: a look that failed, and a place where nobody looks, end with a sentence and a status', async () => {
  const checkError = { code: 'unavailable', message: 'example.org cannot be reached' };
  const failed = await runCommand(['update'], { answers: { [check]: { ...status, checkError } } });
  expect(failed).toMatchObject({ exitCode: 4, err: 'example.org cannot be reached\n' });
  const source = refusal('conflict', 'This is a checkout of the source');
  const refused = await runCommand(['update', '--json'], { answers: { [check]: source } });
  expect(refused.exitCode).toBe(1);
  expect(JSON.parse(refused.out)).toMatchObject({ error: { code: 'conflict' } });
});

test('UPDATE: --apply tells each step, and why the version was thrown away', async () => {
  const job = { phase: 'trying', version: '0.2.0', step: 'starting' };
  const failure = {
    ...{ version: '0.2.0', at: 1, step: 'trial', output: ['engine: gone'] },
    error: { code: 'unavailable', message: 'The new version did not answer' },
  };
  const answers = {
    [check]: { ...status, available },
    [apply]: { ...status, available, job },
    'GET /control/updates': { ...status, available, failure },
  };
  const running = { answers, isRunning: true };
  const { out, exitCode } = await runCommand(['update', '--apply', '--json'], running);
  const lines = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as object);
  expect(lines[0]).toMatchObject({ event: 'phase', phase: 'trying', step: 'starting' });
  expect(lines[1]).toMatchObject({ error: { message: 'The new version did not answer' } });
  expect(exitCode).toBe(4);
  expect((await runCommand(['update', '--apply'], running)).err).toContain('engine: gone');
});

test('UPDATE: where only an administrator installs, --apply ends with the command', async () => {
  const command = 'sudo dpkg --install /data/updates/packages/m.deb';
  const answers = { [check]: { ...status, available }, [apply]: { ...status, command } };
  const { out, exitCode } = await runCommand(['update', '--apply'], { answers, isRunning: true });
  expect(out).toContain(command);
  expect(exitCode).toBe(0);
});

test('UPDATE: --back asks first, works while nothing runs, and says where there is no way back', async () => {
  const unasked = await runCommand(['update', '--back'], { updates: { earlier } });
  expect(unasked).toMatchObject({ exitCode: 2, wentBack: 0 });
  expect(unasked.err).toContain('put aside');
  const back = await runCommand(['update', '--back', '--yes'], { updates: { earlier } });
  expect(back).toMatchObject({ exitCode: 0, wentBack: 1, out: 'Millpond 0.1.0 is in place.\n' });
  expect(await runCommand(['update', '--back', '--yes'])).toMatchObject({ exitCode: 3 });
  expect(await runCommand(['update', '--back', '--apply'])).toMatchObject({ exitCode: 2 });
});

test('UPDATE: notes of a change log are plain text in a terminal', () => {
  const notes = '## Added\n\n* **Bold** and __more__\n* ![picture](x) [link](https://x)\n\n\n\nEnd';
  expect(plainMarkdown(notes)).toBe('Added\n\n- Bold and more\n- picture link\n\nEnd');
});
