import { expect, test } from 'vitest';
import type { FitView } from '../api.ts';
import { fitScale, shareOfScale } from './fit-scale.ts';

const GB = 1024 ** 3;

function fitOf(predictedGb: number, gpuGb: number | undefined, limitGb: number): FitView {
  return {
    verdict: 'fits',
    predictedBytes: predictedGb * GB,
    gpuBytes: 0,
    ...(gpuGb !== undefined && { gpuLimitBytes: gpuGb * GB }),
    limitBytes: limitGb * GB,
    contextLength: 16_384,
    slots: 1,
  };
}

test('a graphics card and main memory make two sills on one scale', () => {
  const scale = fitScale([undefined, fitOf(10.6, 12, 28), fitOf(47.3, 12, 28)], false);
  expect(scale).toMatchObject({ gpuBytes: 12 * GB, limitBytes: 28 * GB });
});

test('without a graphics card, and where memory is one, there is one sill', () => {
  expect(fitScale([fitOf(4, undefined, 20)], false)?.gpuBytes).toBeUndefined();
  expect(fitScale([fitOf(4, 12, 16)], true)?.gpuBytes).toBeUndefined();
  expect(fitScale([fitOf(4, 16, 16)], false)?.gpuBytes).toBeUndefined();
});

test('nothing is drawn before the first figure is known', () => {
  expect(fitScale([undefined, undefined], false)).toBeUndefined();
  expect(fitScale([], false)).toBeUndefined();
});

test('levels keep their order, and one that is off the scale ends at its end', () => {
  const scale = fitScale([fitOf(6, 12, 28)], false);
  if (scale === undefined) throw new Error('no scale');
  expect(shareOfScale(scale, 6 * GB)).toBeLessThan(shareOfScale(scale, 12 * GB));
  expect(shareOfScale(scale, 28 * GB)).toBeLessThan(1);
  expect(shareOfScale(scale, 470 * GB)).toBe(1);
  expect(shareOfScale(scale, -1)).toBe(0);
});
