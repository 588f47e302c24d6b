import { useNow } from '../../../ui/use-now.ts';

/** Whole seconds since `startedAt` (epoch milliseconds), renewed once a second while mounted. */
export function useElapsedSeconds(startedAt: number): number {
  return Math.max(0, Math.floor((useNow(1000) - startedAt) / 1000));
}
