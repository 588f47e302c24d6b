import { describe, expect, test } from 'vitest';
import { publishedBandwidth } from './gpu-bandwidth.ts';
import { learnSpeeds, predictSpeed } from './speed.ts';
import type { SpeedSample } from './speed.ts';

const answer = (change: Partial<SpeedSample> = {}): SpeedSample => ({
  bytesPerToken: 1e9,
  gpuShare: 0,
  tokensPerSecond: 10,
  ...change,
});

describe('learnSpeeds', () => {
  test('a memory is as fast as answers read it', () => {
    const samples = [answer(), answer({ tokensPerSecond: 12 }), answer({ tokensPerSecond: 11 })];
    expect(learnSpeeds(samples)).toEqual({ cpuLearned: 11e9 });
  });

  test('answers on a card teach of the card, mixed ones of neither', () => {
    const onCard = answer({ gpuShare: 1, tokensPerSecond: 100 });
    const mixed = answer({ gpuShare: 0.5, tokensPerSecond: 20 });
    expect(learnSpeeds([onCard, mixed])).toEqual({ gpuLearned: 100e9 });
  });

  test('small models teach nothing: they do not wait for memory', () => {
    expect(learnSpeeds([answer({ bytesPerToken: 3e6, tokensPerSecond: 900 })])).toEqual({});
  });
});

describe('predictSpeed', () => {
  test('is unknown while nothing is known of a memory that is needed', () => {
    expect(predictSpeed(answer(), {})).toBeUndefined();
    expect(predictSpeed(answer({ gpuShare: 1 }), { cpuLearned: 1e10 })).toBeUndefined();
    expect(predictSpeed(answer({ gpuShare: 0.5 }), { cpuLearned: 1e10 })).toBeUndefined();
  });

  test('each part of the weights is read at the speed of its memory', () => {
    const speeds = { cpuLearned: 10e9, gpuLearned: 500e9 };
    expect(predictSpeed(answer({ bytesPerToken: 5e9 }), speeds)).toBeCloseTo(2);
    expect(predictSpeed(answer({ bytesPerToken: 5e9, gpuShare: 1 }), speeds)).toBeCloseTo(100);
    const half = predictSpeed(answer({ bytesPerToken: 5e9, gpuShare: 0.5 }), speeds);
    expect(half).toBeCloseTo(1 / (0.25 + 0.005));
  });

  test('real answers count more than tests and makers', () => {
    const tested = { cpuTested: 30e9, gpuPublished: 1000e9 };
    expect(predictSpeed(answer(), tested)).toBeCloseTo(21);
    expect(predictSpeed(answer({ gpuShare: 1 }), tested)).toBeCloseTo(600);
    expect(predictSpeed(answer(), { ...tested, cpuLearned: 9e9 })).toBeCloseTo(9);
  });
});

test.each([
  ['NVIDIA GeForce RTX 3060', 360e9],
  ['NVIDIA GeForce RTX 4090', 1008e9],
  ['NVIDIA GeForce RTX 4090 Laptop GPU', 576e9],
  ['AMD Radeon RX 7900 XT', 800e9],
  ['AMD Radeon RX 7900 XTX', 960e9],
  ['Intel(R) Arc(tm) A770 Graphics (DG2)', 560e9],
  ['Apple M1', 68e9],
  ['Apple M3 Max', 300e9],
  ['Some Card 9000', undefined],
])('%s reads what its maker says', (name, bytesPerSecond) => {
  expect(publishedBandwidth(name)).toBe(bytesPerSecond);
});
