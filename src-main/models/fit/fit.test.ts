import { describe, expect, test } from 'vitest';
import { compareVerdicts, judgeFit, withSpeed, unifiedGpuLimit } from './fit.ts';
import type { FitLimits, FitSubject } from './fit.ts';

const gibibyte = 1024 ** 3;
const subject = (change: Partial<FitSubject> = {}): FitSubject => ({
  cpuBytes: 1 * gibibyte,
  gpuBytes: 0,
  gpuLayers: 0,
  layers: 33,
  contextLength: 8192,
  slots: 4,
  ...change,
});
const processor: FitLimits = { limitBytes: 8 * gibibyte, isUnified: false };
const withCard: FitLimits = { ...processor, gpuLimitBytes: 10 * gibibyte };
const apple: FitLimits = {
  limitBytes: 12 * gibibyte,
  gpuLimitBytes: unifiedGpuLimit(16 * gibibyte),
  isUnified: true,
};

describe('judgeFit', () => {
  test('without a graphics card the budget of main memory decides', () => {
    expect(judgeFit(subject({ cpuBytes: 8 * gibibyte }), processor)).toEqual({
      verdict: 'fits',
      predictedBytes: 8 * gibibyte,
      gpuBytes: 0,
      limitBytes: 8 * gibibyte,
      contextLength: 8192,
      slots: 4,
    });
  });

  test('says how much is missing', () => {
    const big = subject({ cpuBytes: 11.5 * gibibyte });
    expect(judgeFit(big, processor)).toMatchObject({
      verdict: 'too-big',
      reason: { kind: 'lacks-memory', missingBytes: 3.5 * gibibyte },
    });
  });

  test('whole on the card fits, partly beside it is slow, beyond both is too big', () => {
    const whole = subject({ gpuBytes: 9 * gibibyte, gpuLayers: 33 });
    expect(judgeFit(whole, withCard)).toMatchObject({ verdict: 'fits', gpuBytes: 9 * gibibyte });
    const partly = subject({ cpuBytes: 6 * gibibyte, gpuBytes: 9 * gibibyte, gpuLayers: 20 });
    expect(judgeFit(partly, withCard)).toMatchObject({
      verdict: 'slow',
      reason: { kind: 'partly-on-processor', gpuLayers: 20, layers: 33 },
    });
    const beyond = subject({ cpuBytes: 9 * gibibyte, gpuBytes: 9 * gibibyte, gpuLayers: 20 });
    expect(judgeFit(beyond, withCard)).toMatchObject({ verdict: 'too-big' });
    const none = subject({ cpuBytes: 6 * gibibyte });
    expect(judgeFit(none, withCard)).toMatchObject({
      verdict: 'slow',
      reason: { kind: 'on-processor' },
    });
  });

  test('too much for the card alone names what the card lacks', () => {
    const forced = subject({ gpuBytes: 12 * gibibyte, gpuLayers: 33 });
    expect(judgeFit(forced, withCard).reason).toEqual({
      kind: 'lacks-memory',
      missingBytes: 2 * gibibyte,
    });
  });

  test('one memory has one limit, and the graphics processor its share of it', () => {
    const fits = subject({ gpuBytes: 11 * gibibyte, gpuLayers: 33 });
    expect(judgeFit(fits, apple).verdict).toBe('fits');
    const both = subject({ cpuBytes: 2 * gibibyte, gpuBytes: 11 * gibibyte, gpuLayers: 33 });
    expect(judgeFit(both, apple)).toMatchObject({
      verdict: 'too-big',
      reason: { kind: 'lacks-memory', missingBytes: gibibyte },
    });
    const tooMuchAtOnce = subject({ cpuBytes: 0, gpuBytes: 11.5 * gibibyte, gpuLayers: 33 });
    expect(judgeFit(tooMuchAtOnce, apple).verdict).toBe('too-big');
  });
});

test('verdicts have an order', () => {
  expect((['too-big', 'fits', 'slow'] as const).toSorted(compareVerdicts)).toEqual([
    'fits',
    'slow',
    'too-big',
  ]);
});

test('what would answer more slowly than people read may be slow, however much room there is', () => {
  const fits = judgeFit(subject({ cpuBytes: gibibyte }), processor);
  expect(withSpeed(fits, 31)).toEqual({ ...fits, tokensPerSecond: 31 });
  expect(withSpeed(fits, 0.7)).toMatchObject({
    verdict: 'slow',
    reason: { kind: 'slower-than-reading', tokensPerSecond: 0.7 },
  });
  expect(withSpeed(fits, undefined)).toBe(fits);
  const tooBig = judgeFit(subject({ cpuBytes: 90 * gibibyte }), processor);
  expect(withSpeed(tooBig, 0.7)).toMatchObject({ verdict: 'too-big' });
});
