import type { Finding } from '../contract/first-aid.ts';
import { MillpondError } from '../core/error.ts';
import { warning } from './finding.ts';

/** One look at one thing. */
export interface Check {
  /** What it looks at, in words that complete "… could not be looked at". */
  readonly about: string;
  /** How long it may take, in milliseconds. */
  readonly limitMs: number;
  run(signal: AbortSignal): Promise<readonly Finding[]> | readonly Finding[];
}

/** Looks at everything at once. Never rejects: what could not be looked at is a finding too. */
export async function examine(
  checks: readonly Check[],
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const found = await Promise.all(checks.map((check) => runOne(check, signal)));
  return found.flat();
}

async function runOne(check: Check, outer: AbortSignal): Promise<readonly Finding[]> {
  const { about, limitMs } = check;
  const limit = new AbortController();
  const signal = AbortSignal.any([outer, limit.signal]);
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const seconds = (limitMs / 1000).toString();
    const error = new MillpondError('timeout', `it took longer than ${seconds} seconds`);
    late.reject(error);
    limit.abort(error);
  }, limitMs);
  try {
    return await Promise.race([check.run(signal), late.promise]);
  } catch (error) {
    outer.throwIfAborted();
    const reason = MillpondError.from(error).message;
    return [warning('not-known', { subject: about, values: { what: about, reason } })];
  } finally {
    clearTimeout(timer);
  }
}
