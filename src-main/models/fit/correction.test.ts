import { describe, expect, test } from 'vitest';
import { applyCorrection, learnCorrection, noCorrection } from './correction.ts';
import type { LoadSample } from './correction.ts';

const megabyte = 1e6;
/** A machine whose processes take a fixed amount and a little more for every byte. */
const load = (predicted: number, factor = 1.05, offset = 40): LoadSample => ({
  predictedBytes: predicted * megabyte,
  measuredBytes: (predicted * factor + offset) * megabyte,
});

describe('learnCorrection', () => {
  test('without loads believes the prediction', () => {
    expect(learnCorrection([])).toEqual(noCorrection);
    expect(applyCorrection(5000, noCorrection)).toBe(5000);
  });

  test('one load teaches a fixed amount, not a factor', () => {
    const correction = learnCorrection([load(1000, 1, 60)]);
    expect(correction).toEqual({ factor: 1, offsetBytes: 60 * megabyte });
  });

  test('loads of different sizes teach both', () => {
    const correction = learnCorrection([500, 1000, 2000, 4000, 300].map((size) => load(size)));
    expect(correction.factor).toBeCloseTo(1.05, 6);
    expect(correction.offsetBytes / megabyte).toBeCloseTo(40, 3);
    const predicted = applyCorrection(8000 * megabyte, correction);
    expect(predicted / load(8000).measuredBytes).toBeCloseTo(1, 6);
  });

  test('loads of about one size teach no factor', () => {
    const correction = learnCorrection([900, 1000, 1100, 1050].map((size) => load(size)));
    expect(correction.factor).toBe(1);
  });

  test('one odd load among several changes next to nothing', () => {
    const sizes = [500, 1000, 2000, 4000, 300, 3000];
    const odd = { predictedBytes: 1500 * megabyte, measuredBytes: 9000 * megabyte };
    const correction = learnCorrection([...sizes.map((size) => load(size)), odd]);
    const predicted = applyCorrection(2500 * megabyte, correction);
    expect(predicted / load(2500).measuredBytes).toBeCloseTo(1, 2);
  });

  test('nothing that was measured makes predictions absurd', () => {
    const absurd = [100, 500, 1000, 5000].map((size) => load(size, 9, 90_000));
    const { factor, offsetBytes } = learnCorrection(absurd);
    expect(factor).toBeLessThanOrEqual(1.2);
    expect(offsetBytes).toBeLessThanOrEqual(512 * megabyte);
  });

  test('old loads are forgotten', () => {
    const old = Array.from({ length: 20 }, () => load(1000, 1, 300));
    const recent = Array.from({ length: 12 }, () => load(1000, 1, 10));
    expect(learnCorrection([...old, ...recent]).offsetBytes).toBe(10 * megabyte);
  });
});
