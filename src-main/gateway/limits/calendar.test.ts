import { expect, test } from 'vitest';
import { dayAt, monthAt } from './calendar.ts';

const local = (year: number, month: number, day: number, hour = 0): number =>
  new Date(year, month - 1, day, hour).getTime();

test('days and months are those of the local calendar', () => {
  expect(dayAt(local(2026, 11, 22, 23))).toEqual({
    name: '2026-11-22',
    startsAt: local(2026, 11, 22),
    endsAt: local(2026, 11, 23),
  });
  expect(monthAt(local(2026, 12, 31, 23))).toEqual({
    ...{ name: '2026-12', startsAt: local(2026, 12, 1), endsAt: local(2027, 1, 1) },
  });
  expect(dayAt(local(2028, 2, 28, 12)).endsAt).toBe(local(2028, 2, 29));
});

test('a period has ended in its last moment plus one', () => {
  const { endsAt, name } = dayAt(local(2026, 3, 29));
  expect(dayAt(endsAt - 1).name).toBe(name);
  expect(dayAt(endsAt).name).not.toBe(name);
});
