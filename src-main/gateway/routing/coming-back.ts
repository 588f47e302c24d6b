import type { InferenceRequest } from '../../core/inference.ts';
import type { ReturningUpstream } from '../ports.ts';
import { exclusionOf } from './eligibility.ts';

/** A machine whose connection broke is expected back for so long: most cuts are over by then. */
const comeBackMs = 5_000;

/**
 * How much longer somebody who could go on with an answer may come back, in milliseconds; undefined when nobody is
 * expected. Its failures are forgotten: it comes back as a new connection.
 */
export function comingBackMs(
  returning: readonly ReturningUpstream[],
  request: InferenceRequest,
  goesOnWith: string,
): number | undefined {
  const rules = { request, goesOnWith, hasFailed: () => false, pausedMs: () => 0 };
  const left = returning
    .filter(({ upstream }) => exclusionOf(upstream, rules) === undefined)
    .map(({ goneMs }) => comeBackMs - goneMs)
    .filter((ms) => ms > 0);
  return left.length === 0 ? undefined : Math.max(...left);
}
