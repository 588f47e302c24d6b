import { describe, expect, test } from 'vitest';
import { createFormat } from './format.ts';

const en = createFormat('en');
const zh = createFormat('zh-CN');
/** The narrow no-break space as a visible sign. */
const seen = (text: string) => text.replaceAll('\u202f', '_');

describe('quantities', () => {
  test('sizes are decimal, with at most three digits that matter', () => {
    expect(
      [0, 999, 31e6, 999.6e6, 5.03e9, 16.64e9, 412e9].map((size) => seen(en.bytes(size))),
    ).toEqual(['0_B', '999_B', '31_MB', '1_GB', '5_GB', '16.6_GB', '412_GB']);
  });

  test('memory is binary, so that a machine sold with 16 GB has 16 GB', () => {
    const gibibyte = 1024 ** 3;
    expect(
      [0, 64 * 1024 ** 2, 23.53 * gibibyte, 16 * gibibyte, 1024 * gibibyte].map((size) =>
        seen(en.memory(size)),
      ),
    ).toEqual(['0_B', '64_MB', '23.5_GB', '16_GB', '1_TB']);
  });

  test('a reckoned rate does not pretend to be measured', () => {
    expect([3.14, 48.3, 242].map((rate) => seen(en.roughRate(rate)))).toEqual([
      '3.1_tok/s',
      '48_tok/s',
      '240_tok/s',
    ]);
  });

  test('large counts are short', () => {
    expect([0, 940, 4_812_345].map((value) => en.compact(value))).toEqual(['0', '940', '4.8M']);
  });

  test('durations go from milliseconds to hours', () => {
    expect(
      [0, 0.8, 14.2, 120, 9994, 9996, 12_400, 59_960, 185_000, 3_720_000].map((ms) =>
        seen(en.duration(ms)),
      ),
    ).toEqual([
      '0_ms',
      '0.8_ms',
      '14_ms',
      '0.12_s',
      '9.99_s',
      '10.0_s',
      '12.4_s',
      '1_min 0_s',
      '3_min 5_s',
      '1_h 2_min',
    ]);
  });

  test('rates, shares and parameters carry their unit behind a narrow no-break space', () => {
    expect(seen(en.rate(61.34))).toBe('61.3_tok/s');
    expect(seen(en.rate(142.4))).toBe('142_tok/s');
    expect(seen(en.percent(0.434))).toBe('43_%');
    expect(seen(en.parameters(7.62e9))).toBe('7.62_B');
    expect(seen(en.parameters(28e6))).toBe('28_M');
    expect(zh.count(16_384)).toBe('16,384');
  });

  test('money keeps the digits that matter, however little it is', () => {
    const written = [0, 3100, 25_000, 800_000, 20_904_000, 12_345_000_000].map(en.money);
    expect(written).toEqual(['$0', '$0.0031', '$0.025', '$0.80', '$20.90', '$12,345']);
  });

  test('what is unknown is a dash, never zero', () => {
    for (const write of [
      en.bytes,
      en.duration,
      en.rate,
      en.percent,
      en.count,
      en.compact,
      en.parameters,
    ]) {
      expect([write(undefined), write(Number.NaN), write(Infinity)]).toEqual(['–', '–', '–']);
    }
  });
});

describe('times', () => {
  const now = new Date(2026, 10, 21, 11, 4, 45).getTime();

  test('a moment is the clock today, the day this year, and the year before that', () => {
    expect(en.moment(now, now)).toBe('11:04');
    expect(en.timeWithSeconds(now)).toBe('11:04:45');
    expect(en.moment(new Date(2026, 8, 3).getTime(), now)).toBe('Sep 3');
    expect(en.moment(new Date(2025, 8, 3).getTime(), now)).toBe('Sep 3, 2025');
  });

  test('an end is the clock today, a word tomorrow, and the day with the clock after that', () => {
    expect(en.until(now + 60_000, now)).toBe('11:05');
    expect(en.until(now + 86_400_000, now)).toBe('tomorrow 11:04');
    expect(en.until(now + 3 * 86_400_000, now)).toBe('Nov 24 11:04');
    expect(zh.until(now + 86_400_000, now)).toBe('明天 11:04');
  });

  test('an end in another year has its year: it would be read as today otherwise', () => {
    expect(en.until(now + 365 * 86_400_000, now)).toBe('Nov 21, 2027');
    expect(zh.until(now + 365 * 86_400_000, now)).toBe('2027年11月21日');
  });

  test('a row of a log says its day when that is not today', () => {
    expect(en.momentOf(now, now)).toBe('11:04:45');
    expect(en.momentOf(now - 86_400_000, now)).toBe('Nov 20 11:04:45');
  });

  test('an hour of the day is a clock time', () => {
    expect(en.hour(8)).toBe('08:00');
    expect(en.hour(0)).toBe('00:00');
  });

  test('midnight is 00, not 24', () => {
    expect(en.time(new Date(2026, 10, 21, 0, 5).getTime())).toBe('00:05');
  });

  test('ages are coarse', () => {
    expect(en.age(6 * 86_400_000 + 4 * 3_600_000 + 59_000)).toBe('6 days 4 hours');
    expect(en.age(90 * 60_000)).toBe('1 hour 30 minutes');
    expect(en.ago(now - 7_300_000, now)).toBe('2 hours ago');
    expect(zh.ago(now - 7_300_000, now)).toBe('2小时前');
    expect(en.ago(now + 5000, now)).toBe('now');
  });
});
