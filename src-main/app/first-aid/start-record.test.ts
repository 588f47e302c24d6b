import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkProgram } from '../../first-aid/checks/program.ts';
import { examine } from '../../first-aid/examine.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { readCrashedStarts, startBegins, startSucceeded } from './start-record.ts';

test('DOCTOR: two starts in a row that crashed offer safe mode; one that came up forgets them', async () => {
  const paths = { dataFolder: temporaryFolder() };
  const look = async () => {
    const facts = { version: '1.0.0', kind: 'deb', nodeVersion: '24.0.0', mode: 'normal' } as const;
    const check = checkProgram({ ...facts, crashedStarts: readCrashedStarts(paths) });
    const findings = await examine([check], new AbortController().signal);
    return findings.find(({ id }) => id === 'start-crashed');
  };
  startBegins(paths);
  expect(await look()).toBeUndefined();
  startBegins(paths);
  expect(await look()).toMatchObject({
    ...{ outcome: 'warning', values: { count: '2' } },
    fix: { kind: 'call', deed: 'start-safely' },
  });
  startSucceeded(paths);
  expect(readCrashedStarts(paths)).toBe(0);
  writeFileSync(join(paths.dataFolder, 'starts.json'), 'not JSON');
  expect(readCrashedStarts(paths)).toBe(0);
});
