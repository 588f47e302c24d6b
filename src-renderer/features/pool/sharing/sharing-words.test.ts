import { describe, expect, test } from 'vitest';
import type { RuleReading, SharingStatus } from '../../../api.ts';
import { createFormat } from '../../../i18n/format.ts';
import { pauseUntil } from './pause-until.ts';
import { firedReadings, readingWords, sharingHead } from './sharing-words.ts';

const format = createFormat('en');
const now = new Date(2026, 10, 21, 11, 0).getTime();

function status(change: Partial<SharingStatus> = {}): SharingStatus {
  return {
    state: { phase: 'sharing', reason: '', since: now },
    wish: 'share',
    answersRunning: 0,
    isOwnerActive: false,
    rules: {
      gpuFree: { isOn: true, abovePercent: 15 },
      notFullScreen: { isOn: true },
      notWhileRunning: { isOn: false, programs: [] },
      away: { isOn: true, minutes: 10 },
      mains: { isOn: true },
      cool: { isOn: true, celsius: 80, againCelsius: 72 },
      hours: { isOn: false, from: 18, to: 8 },
      gpuHeadroom: { isOn: false, bytes: 0 },
    },
    limits: {
      ...{ answersAtOnce: 2, models: null, maxPromptTokens: 0, gpuBytes: 0 },
      ...{ uploadBytesPerSecond: 0, allowedCommands: [], reportErrors: false, keepAwake: true },
    },
    readings: [],
    uploadBytesPerSecond: 0,
    given: {
      ...{ todayTokens: 0, todayAnswers: 0, allTokens: 0, allAnswers: 0 },
      ...{ usedTodayTokens: 0, usedAllTokens: 0, days: [] },
    },
    lately: [],
    ...change,
  };
}

const byRule = {
  phase: 'paused',
  reason: 'Blender uses GPU 0',
  cause: 'rule',
  since: now,
} as const;
const blender: RuleReading = { rule: 'gpuFree', verdict: 'fired', program: 'Blender', percent: 71 };
const away: RuleReading = { rule: 'away', verdict: 'fired', minutes: 2 };

describe('the head of This machine', () => {
  test('counts the answers that it gives, and says when nobody asks', () => {
    expect(sharingHead(status(), format, now).title.key).toBe('sharing.head.idle');
    const busy = sharingHead(status({ answersRunning: 2 }), format, now);
    expect(busy.title).toEqual({ key: 'sharing.head.giving', values: { count: 2 } });
  });

  test('names the program that uses the card before the rule that can wait', () => {
    const head = sharingHead(status({ state: byRule, readings: [away, blender] }), format, now);
    expect(head.title).toEqual({
      key: 'sharing.why.gpuFree.named',
      values: { program: 'Blender' },
    });
    expect(head.detail.key).toBe('sharing.again.gpuFree.named');
  });

  test('says when it shares again where that is known', () => {
    const until = new Date(2026, 10, 21, 23, 0).getTime();
    const head = sharingHead(status({ state: { ...byRule, until } }), format, now);
    expect(head.detail).toEqual({ key: 'sharing.again.at', values: { time: '23:00' } });
  });

  test('keeps the runtime’s own reason for a rule that it does not know', () => {
    const head = sharingHead(status({ state: byRule }), format, now);
    expect(head.title).toEqual({
      key: 'sharing.head.reason',
      values: { reason: 'Blender uses GPU 0' },
    });
  });

  test('tells a pause by hand from a machine that has finished', () => {
    const byHand = { phase: 'paused', reason: '', cause: 'hand', since: now } as const;
    const paused = sharingHead(status({ state: byHand, wish: 'pause' }), format, now);
    expect([paused.title.key, paused.detail.key]).toEqual([
      'sharing.head.byHand',
      'sharing.again.hand',
    ]);
    const finished = sharingHead(status({ state: byHand, wish: 'finish' }), format, now);
    expect(finished.title.key).toBe('sharing.head.finished');
  });
});

describe('what a rule sees', () => {
  test('is the program with its share where it holds sharing back, else the share alone', () => {
    expect(readingWords(blender, format).values).toEqual({
      program: 'Blender',
      share: format.percent(0.71),
    });
    const quiet = readingWords({ ...blender, verdict: 'met', percent: 3 }, format);
    expect(quiet.key).toBe('sharing.now.percent');
  });

  test('is said to be unknown where the system does not tell, never zero', () => {
    expect(readingWords({ rule: 'cool', verdict: 'unknown' }, format).key).toBe(
      'sharing.now.unknown',
    );
  });

  test('leaves out rules that are met or off when reasons are told', () => {
    const readings: RuleReading[] = [
      { rule: 'mains', verdict: 'met' },
      { rule: 'hours', verdict: 'off' },
      away,
    ];
    expect(firedReadings({ readings })).toEqual([away]);
  });
});

describe('a pause by hand', () => {
  test('lasts an hour, or until the morning, or until its owner says otherwise', () => {
    expect(pauseUntil('hour', now)).toBe(now + 3_600_000);
    expect(pauseUntil('tomorrow', now)).toBe(new Date(2026, 10, 22, 8, 0).getTime());
    expect(pauseUntil('open', now)).toBeUndefined();
  });
});
