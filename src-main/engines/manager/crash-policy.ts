import type { LoadOptions } from '../../core/model.ts';

/** How much is given up so that a crashing model may run at all. */
export type Degradation = 'none' | 'smaller-context' | 'processor-only';

/**
 * - `restart` with the next request, not before `at` (epoch milliseconds)
 * - `give-up` until `at`, or until a person loads the model again
 */
export type CrashVerdict =
  | { readonly kind: 'restart'; readonly at: number; readonly degradation: Degradation }
  | { readonly kind: 'give-up'; readonly at: number };

/** Crashes further apart than this have nothing to do with each other. */
const crashWindowMs = 5 * 60_000;
const crashesUntilDegraded = 3;
const firstPauseMs = 1000;
const longestPauseMs = 60_000;
const degradedContextLength = 1024;

/** Crashes that still count. `crashes` are epoch milliseconds, oldest first. */
export function recentCrashes(crashes: readonly number[], now: number): readonly number[] {
  return crashes.filter((at) => now - at < crashWindowMs);
}

/** What to do after the newest crash: 1, 2, 4 … 60 s pause; from the third on less is asked of the machine. */
export function judgeCrashes(crashes: readonly number[], now: number): CrashVerdict {
  const count = recentCrashes(crashes, now).length;
  const degradation = degradationAfter(count);
  if (degradation === undefined) return { kind: 'give-up', at: now + crashWindowMs };
  return { kind: 'restart', at: now + pauseAfter(count), degradation };
}

/** The pause after the given number of failures in a row, in milliseconds. */
export function pauseAfter(failures: number): number {
  return Math.min(longestPauseMs, firstPauseMs * 2 ** Math.max(0, failures - 1));
}

function degradationAfter(count: number): Degradation | undefined {
  if (count < crashesUntilDegraded) return 'none';
  if (count === crashesUntilDegraded) return 'smaller-context';
  if (count === crashesUntilDegraded + 1) return 'processor-only';
  return undefined;
}

/** The options of a degraded start. `contextLength` is what the model was loaded with before. */
export function degradeOptions(
  options: LoadOptions,
  degradation: Degradation,
  contextLength: number,
): LoadOptions {
  if (degradation === 'none') return options;
  const smaller = {
    ...options,
    contextLength: Math.min(contextLength, Math.max(degradedContextLength, contextLength >> 1)),
    slots: 1,
  };
  return degradation === 'smaller-context' ? smaller : { ...smaller, gpuLayers: 0 };
}

/** Said to people while a model runs with less than it should; undefined when it does not. */
export function degradationNotice(
  degradation: Degradation,
  contextLength: number,
): string | undefined {
  switch (degradation) {
    case 'none':
      return undefined;
    case 'smaller-context':
      return `After three crashes it runs with one slot of ${String(contextLength)} tokens`;
    case 'processor-only':
      return `After four crashes it runs on the processor only, with one slot of ${String(contextLength)} tokens`;
  }
}
