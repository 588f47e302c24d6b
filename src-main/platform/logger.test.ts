import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { formatLogLine } from './log-line.ts';
import { createLog } from './logger.ts';

test('keeps the newest lines in readable form, with their component', () => {
  const log = createLog();
  log.logger.child({ component: 'engines' }).warn({ pid: 7, why: 'no memory' }, 'engine crashed');
  const [line] = log.newestLines(10);
  expect(line).toMatch(
    /^\d{4}-\d\d-\d\dT[\d:.]+Z warn engines: engine crashed pid=7 why="no memory"$/,
  );
});

test('keeps no more than the newest 2000 lines', () => {
  const log = createLog();
  for (let count = 1; count <= 2100; count += 1) log.logger.info({ count }, 'counted');
  const lines = log.newestLines(5000);
  expect(lines).toHaveLength(2000);
  expect(lines[0]).toContain('count=101');
  expect(log.newestLines(1)[0]).toContain('count=2100');
});

test('never writes a secret, wherever it hides', () => {
  const lines: string[] = [];
  const log = createLog({ onLine: (line) => lines.push(line) });
  log.logger.info(
    { token: 'S1', request: { apiKey: 'S2', headers: { authorization: 'S3' } } },
    'asked',
  );
  expect(lines.join('')).not.toMatch(/S[123]/);
  expect(lines.join('')).toContain('asked');
});

test('says nothing below its level', () => {
  const log = createLog({ level: 'warn' });
  log.logger.info({}, 'too quiet');
  expect(log.newestLines(10)).toEqual([]);
});

test('appends to a file and sets it aside when it has grown', () => {
  const folder = temporaryFolder();
  const path = join(folder, 'millpond.log');
  writeFileSync(path, 'x'.repeat(5 * 1024 * 1024 + 1));
  const log = createLog({ folder });
  log.logger.info({}, 'first');
  log.logger.info({}, 'second');
  log.close();
  expect(statSync(`${path}.1`).size).toBeGreaterThan(5 * 1024 * 1024);
  expect(readFileSync(path, 'utf8').trim().split('\n')).toHaveLength(2);
});

test('a log file that cannot be written is reported once and does no harm', () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'millpond.log'));
  const lines: string[] = [];
  const log = createLog({ folder, onLine: (line) => lines.push(line) });
  log.logger.info({}, 'first');
  log.logger.info({}, 'second');
  log.close();
  expect(lines.filter((line) => line.includes('cannot write its log'))).toHaveLength(1);
  expect(log.newestLines(2).join()).toMatch(/first.*second/);
});

test('a line that is no record is shown as it is', () => {
  expect(formatLogLine('plain text\n')).toBe('plain text');
});
