import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';

/** What the expression says in another time zone, of which a process has one. */
function inZone(zone: string, expression: string): unknown {
  const script = `
    import * as time from ${JSON.stringify(new URL('./local-time.ts', import.meta.url).href)};
    const at = (text) => new Date(text).getTime();
    const iso = (ms) => new Date(ms).toISOString();
    console.log(JSON.stringify(${expression}));`;
  const options = { env: { ...process.env, TZ: zone }, encoding: 'utf8' } as const;
  return JSON.parse(execFileSync(process.execPath, ['--input-type=module', '-e', script], options));
}

test('the day after one that began at one o’clock begins at midnight', () => {
  // Chile puts its clocks forward at midnight: 6 September 2026 has no hour zero.
  const noon = `at('2026-09-06T12:00:00-03:00')`;
  expect(inZone('America/Santiago', `iso(time.startOfDay(${noon}))`)).toBe(
    '2026-09-06T04:00:00.000Z',
  );
  expect(inZone('America/Santiago', `iso(time.startOfNextDay(${noon}))`)).toBe(
    '2026-09-07T03:00:00.000Z',
  );
});

test('days of 23 and 25 hours have one end', () => {
  const ends = ['2026-03-29', '2026-10-25'].map((day) =>
    inZone('Europe/Berlin', `iso(time.startOfNextDay(at('${day}T12:00:00Z')))`),
  );
  expect(ends).toEqual(['2026-03-29T22:00:00.000Z', '2026-10-25T23:00:00.000Z']);
  expect(inZone('Europe/Berlin', `time.localDay(at('2026-10-25T22:59:59Z'))`)).toBe('2026-10-25');
});
