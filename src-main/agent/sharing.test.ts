import { expect, test } from 'vitest';
import { defaultSettings } from '../contract/settings.ts';
import { sharingStatus } from '../contract/sharing.ts';
import { settle } from '../testing/fake-clock.ts';
import type { OwnerReadings, SharingRules } from './ports.ts';
import { noon, openSharing, rulesWith, value } from './sharing.fixture.ts';

interface RuleCase {
  readonly rules: Partial<SharingRules>;
  readonly fires: OwnerReadings;
  readonly calm: OwnerReadings;
  readonly reason: string;
  /** Milliseconds that the cause must stay away. */
  readonly calmMs: number;
  /** The least reading that lets go; `calm` may be just short of it. */
  readonly almost?: OwnerReadings;
}

const gpuUse = (percent: number, program?: string) =>
  ({ gpuUse: value({ percent, gpu: 0, ...(program !== undefined && { program }) }) }) as const;

const cases: readonly (readonly [string, RuleCase])[] = [
  [
    'a program on the card',
    {
      rules: { gpuFree: { isOn: true, abovePercent: 30 } },
      fires: gpuUse(60, 'Blender'),
      calm: gpuUse(5),
      reason: 'Blender uses GPU 0',
      calmMs: 120_000,
    },
  ],
  [
    'a full screen',
    {
      rules: { notFullScreen: { isOn: true } },
      fires: { fullScreen: value({ isOn: true, program: 'doom' }) },
      calm: { fullScreen: value({ isOn: false }) },
      reason: 'doom runs full screen',
      calmMs: 60_000,
    },
  ],
  [
    'a named program',
    {
      rules: { notWhileRunning: { isOn: true, programs: ['Photoshop.exe'] } },
      fires: { programs: value(new Set(['photoshop', 'init'])) },
      calm: { programs: value(new Set(['init'])) },
      reason: 'Photoshop.exe is running',
      calmMs: 60_000,
    },
  ],
  [
    'too little graphics memory',
    {
      rules: { gpuHeadroom: { isOn: true, bytes: 2 * 1024 ** 3 } },
      fires: { gpuFree: value(1024 ** 3) },
      calm: { gpuFree: value(3 * 1024 ** 3) },
      reason: 'only 1 GB of graphics memory are free',
      calmMs: 60_000,
    },
  ],
  [
    'the battery',
    {
      rules: { mains: { isOn: true } },
      fires: { mains: value(false) },
      calm: { mains: value(true) },
      reason: 'the computer runs on its battery',
      calmMs: 60_000,
    },
  ],
  [
    'a hot card',
    {
      rules: { cool: { isOn: true, celsius: 85, againCelsius: 75 } },
      fires: { celsius: value(86) },
      almost: { celsius: value(75) },
      calm: { celsius: value(74) },
      reason: 'the graphics card has 86 °C',
      calmMs: 0,
    },
  ],
  [
    'somebody at the keyboard',
    {
      rules: { away: { isOn: true, minutes: 10 } },
      fires: { idle: value(1000) },
      almost: { idle: value(599_999) },
      calm: { idle: value(600_000) },
      reason: 'you are using the computer',
      calmMs: 0,
    },
  ],
];

test.each(cases)('%s holds sharing back at once and lets go slowly', async (_, rule) => {
  const { sharing, signals, clock } = await openSharing({ rules: rulesWith(rule.rules) });
  signals.set(rule.calm);
  expect(sharing.state().phase).toBe('sharing');
  signals.set(rule.fires);
  expect(sharing.state()).toMatchObject({ phase: 'paused', cause: 'rule', reason: rule.reason });
  if (rule.almost !== undefined) {
    signals.set(rule.almost);
    await clock.advance(600_000);
    expect(sharing.state().phase).toBe('paused');
  }
  signals.set(rule.calm);
  if (rule.calmMs > 0) {
    const until = clock.now() + rule.calmMs;
    expect(sharing.state()).toMatchObject({ phase: 'paused', until });
    await clock.advance(rule.calmMs - 6000);
    // The cause comes back for a moment: the wait begins again.
    signals.set(rule.fires);
    signals.set(rule.calm);
    await clock.advance(rule.calmMs - 6000);
    expect(sharing.state().phase).toBe('paused');
    await clock.advance(11_000);
  }
  expect(sharing.state()).toMatchObject({ phase: 'sharing', reason: '' });
  await sharing.stop();
});

test('a rule that this system cannot judge holds nothing back and says why', async () => {
  const { sharing, signals } = await openSharing({
    rules: rulesWith({ notFullScreen: { isOn: true } }),
  });
  signals.set({ fullScreen: { isKnown: false, problem: 'no X11 display' } });
  expect(sharing.state().phase).toBe('sharing');
  const reading = sharing.status().readings.find(({ rule }) => rule === 'notFullScreen');
  expect(reading).toEqual({
    ...{ rule: 'notFullScreen', verdict: 'unknown', problem: 'no X11 display' },
  });
});

test('hours say when sharing begins, also over midnight, and end by the clock', async () => {
  const { sharing, clock } = await openSharing({
    rules: rulesWith({ hours: { isOn: true, from: 18, to: 8 } }),
  });
  const opensAt = noon + 6 * 3_600_000;
  expect(sharing.state()).toMatchObject({
    phase: 'paused',
    reason: 'it is 12:00: sharing begins at 18:00',
    until: opensAt,
  });
  await clock.advance(6 * 3_600_000 + 5000);
  expect(sharing.state().phase).toBe('sharing');
  await clock.advance(13.9 * 3_600_000);
  expect(sharing.state().phase).toBe('sharing');
  await clock.advance(0.2 * 3_600_000);
  expect(sharing.state().phase).toBe('paused');
});

test('only signals that a rule needs are read, and none without a pool', async () => {
  let hasPools = false;
  const { sharing, signals } = await openSharing(
    { rules: rulesWith({ away: { isOn: true, minutes: 5 } }) },
    { hasPools: () => hasPools },
  );
  expect([...signals.wanted()]).toEqual([]);
  hasPools = true;
  sharing.poolsChanged();
  expect([...signals.wanted()]).toEqual(['idle']);
  await sharing.update({ rules: { mains: { isOn: true } } });
  expect([...signals.wanted()].toSorted()).toEqual(['idle', 'mains']);
});

test('a pause by hand gives answers a moment, then hands them over and frees the memory', async () => {
  const { sharing, clock, engines } = await openSharing();
  const run = sharing.runs.begin();
  const reasons: unknown[] = [];
  run.signal.addEventListener('abort', () => {
    reasons.push(run.signal.reason);
    run.end(7);
  });
  await sharing.wish('pause');
  expect(sharing.state()).toMatchObject({
    phase: 'paused',
    cause: 'hand',
    reason: 'you paused it',
  });
  expect(run.signal.aborted).toBe(false);
  await clock.advance(2000);
  expect(reasons).toMatchObject([{ code: 'overloaded', reason: 'preempted', retry: 'elsewhere' }]);
  expect(engines.state.releases).toBe(1);
  await clock.advance(60_000);
  expect(engines.state.releases).toBe(1);
  expect(sharing.status().lately.map(({ kind }) => kind)).toEqual(['moved', 'paused']);
  await sharing.wish('share');
  expect(sharing.state().phase).toBe('sharing');
  await sharing.wish('pause');
  expect(engines.state.releases).toBe(2);
});

test('an answer that ends within the moment is not handed over', async () => {
  const { sharing, clock, engines } = await openSharing();
  const run = sharing.runs.begin();
  await sharing.wish('pause');
  await clock.advance(1000);
  run.end(3);
  await clock.advance(1000);
  expect(run.signal.aborted).toBe(false);
  expect(engines.state.releases).toBe(1);
});

test('coming back before the moment is over hands nothing over', async () => {
  const { sharing, clock, engines } = await openSharing();
  const run = sharing.runs.begin();
  await sharing.wish('pause');
  await clock.advance(1000);
  await sharing.wish('share');
  await clock.advance(5000);
  expect(run.signal.aborted).toBe(false);
  expect(engines.state.releases).toBe(0);
});

test('finish ends what runs, says how much, and takes the memory back afterwards', async () => {
  const { sharing, clock, engines } = await openSharing();
  const runs = [sharing.runs.begin(), sharing.runs.begin()];
  await sharing.wish('finish');
  expect(sharing.state()).toMatchObject({ phase: 'finishing', reason: 'finishing 2 answers' });
  await clock.advance(60_000);
  expect(runs.some(({ signal }) => signal.aborted)).toBe(false);
  runs[0]?.end(1);
  expect(sharing.state().reason).toBe('finishing 1 answer');
  runs[1]?.end(1);
  expect(sharing.state()).toMatchObject({ phase: 'paused', cause: 'hand' });
  expect(engines.state.releases).toBe(1);
});

test('a rule about the person lets answers end, one about the card does not', async () => {
  const { sharing, signals, clock } = await openSharing({
    rules: rulesWith({
      away: { isOn: true, minutes: 10 },
      gpuFree: { isOn: true, abovePercent: 30 },
    }),
  });
  signals.set({ idle: value(3_600_000), ...gpuUse(0) });
  const run = sharing.runs.begin();
  signals.set({ idle: value(0) });
  expect(sharing.state()).toMatchObject({
    phase: 'finishing',
    reason: 'finishing 1 answer: you are using the computer',
  });
  await clock.advance(60_000);
  expect(run.signal.aborted).toBe(false);
  signals.set(gpuUse(90, 'Blender'));
  expect(sharing.state()).toMatchObject({ phase: 'paused', reason: 'Blender uses GPU 0' });
  await clock.advance(2000);
  expect(run.signal.aborted).toBe(true);
});

test('a pause with an end shares again by itself, and a restart keeps it', async () => {
  const first = await openSharing();
  const until = noon + 3_600_000;
  await first.sharing.wish('pause', until);
  expect(first.sharing.state()).toMatchObject({ phase: 'paused', until });
  const again = await openSharing(first.settings.current());
  expect(again.sharing.state()).toMatchObject({ phase: 'paused', until });
  await again.clock.advance(3_605_000);
  expect(again.sharing.state().phase).toBe('sharing');
  expect(again.sharing.status()).toMatchObject({ wish: 'share' });
  expect(again.sharing.status()).not.toHaveProperty('wishUntil');
});

test('the computer is kept awake exactly while it shares with somebody and its owner wants that', async () => {
  let hasPools = true;
  const limits = { ...defaultSettings.sharing.limits, keepAwake: true };
  const { sharing, awake } = await openSharing({ limits }, { hasPools: () => hasPools });
  expect(awake.at(-1)).toBe(true);
  await sharing.wish('pause');
  expect(awake.at(-1)).toBe(false);
  await sharing.wish('share');
  expect(awake.at(-1)).toBe(true);
  hasPools = false;
  sharing.poolsChanged();
  expect(awake.at(-1)).toBe(false);
});

test('what was given and used is counted, written in batches and shown by the day', async () => {
  const { sharing, clock, contributions } = await openSharing();
  sharing.runs.begin().end(40);
  sharing.runs.begin().end(2);
  sharing.noteUsed(5);
  expect(contributions.added).toEqual([]);
  await clock.advance(2000);
  const line = { day: '2026-11-21', givenTokens: 42, givenAnswers: 2, usedTokens: 5 };
  expect(contributions.added).toEqual([line]);
  await clock.advance(12 * 3_600_000);
  sharing.runs.begin().end(8);
  expect(sharing.status().given).toEqual({
    ...{ todayTokens: 8, todayAnswers: 1, allTokens: 50, allAnswers: 3 },
    ...{ usedTodayTokens: 0, usedAllTokens: 5 },
    days: [
      { day: '2026-11-21', givenTokens: 42, usedTokens: 5 },
      { day: '2026-11-22', givenTokens: 8, usedTokens: 0 },
    ],
  });
  await sharing.stop();
  expect(contributions.added.at(-1)).toMatchObject({ day: '2026-11-22', givenTokens: 8 });
});

test('graphics memory for others ends where the owner keeps it free, with a margin', async () => {
  const gigabyte = 1024 ** 3;
  const { sharing, signals } = await openSharing({
    rules: rulesWith({ gpuHeadroom: { isOn: true, bytes: gigabyte } }),
  });
  expect(sharing.gpuRoomForOthers()).toBeUndefined();
  signals.set({ gpuFree: value(3 * gigabyte) });
  expect(sharing.gpuRoomForOthers()).toBe(1.75 * gigabyte);
  signals.set({ gpuFree: value(gigabyte) });
  expect(sharing.gpuRoomForOthers()).toBe(0);
});

test('two changes at the same moment are both kept', async () => {
  const { sharing } = await openSharing();
  await Promise.all([
    sharing.wish('finish'),
    sharing.update({ limits: { answersAtOnce: 2 } }),
    sharing.wish('share'),
  ]);
  expect(sharing.status()).toMatchObject({ wish: 'share', limits: { answersAtOnce: 2 } });
});

test('the status is what the contract promises', async () => {
  const { sharing, signals } = await openSharing({
    rules: rulesWith({ gpuFree: { isOn: true, abovePercent: 30 } }),
  });
  signals.set(gpuUse(60, 'Blender'));
  await settle();
  const status = sharing.status();
  expect(sharingStatus.parse(status)).toEqual(status);
});
