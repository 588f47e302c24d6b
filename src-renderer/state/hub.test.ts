import { expect, test } from 'vitest';
import type { FitView, Starter } from '../api.ts';
import { withRecommendation, withStarterFit } from './hub.ts';

const fit: FitView = {
  verdict: 'fits',
  predictedBytes: 8e9,
  gpuBytes: 0,
  limitBytes: 20e9,
  contextLength: 8192,
  slots: 1,
};

function starterOf(repo: string, isRecommended = false): Starter {
  return { repo, name: repo, purpose: 'quick', variant: 'Q4_K_M', sizeBytes: 1, isRecommended };
}

test('a fit lands in its own row, and another quantization in none', () => {
  const starters = [starterOf('org/a'), starterOf('org/b')];
  const filled = withStarterFit(starters, { repo: 'org/b', variant: 'Q4_K_M', fit });
  expect(filled.map((starter) => starter.fit)).toEqual([undefined, fit]);
  expect(withStarterFit(starters, { repo: 'org/b', variant: 'Q8_0', fit })).toEqual(starters);
});

test('a later recommendation moves, the rows do not', () => {
  const shown = [starterOf('org/a', true), starterOf('org/b')];
  const later = withRecommendation(shown, [starterOf('org/b', true), starterOf('org/a')]);
  expect(later.map(({ repo, isRecommended }) => [repo, isRecommended])).toEqual([
    ['org/a', false],
    ['org/b', true],
  ]);
});

test('a recommendation that is not on screen changes nothing', () => {
  const shown = [starterOf('org/a', true)];
  expect(withRecommendation(shown, [starterOf('org/c', true)])).toEqual(shown);
  expect(withRecommendation(shown, [starterOf('org/a')])).toEqual(shown);
});
