import { MillpondError } from '../../core/error.ts';
import type { ModelState } from '../../core/model.ts';
import { judgeCrashes, pauseAfter, recentCrashes } from './crash-policy.ts';
import type { Degradation } from './crash-policy.ts';

export type FailedState = Extract<ModelState, { phase: 'failed' }>;

/** What went wrong with one model lately, and what follows from it. */
export class TroubleRecord {
  private crashes: readonly number[] = [];
  private loadFailures = 0;
  private current: Degradation = 'none';
  private refused: { readonly error: MillpondError; readonly until: number } | undefined;

  /** How the next start must be. Old crashes are forgotten. */
  degradationAt(now: number): Degradation {
    if (recentCrashes(this.crashes, now).length === 0) this.current = 'none';
    return this.current;
  }

  /** The reason to refuse a request at once, with the time that is left; undefined lets it in. */
  refusalAt(now: number): MillpondError | undefined {
    if (this.refused === undefined || now >= this.refused.until) return undefined;
    const { code, message, cause } = this.refused.error;
    return new MillpondError(code, message, { cause, retryAfterMs: this.refused.until - now });
  }

  /** `what` is a sentence without its full stop. */
  noteCrash(what: string, now: number): FailedState {
    this.crashes = [...recentCrashes(this.crashes, now), now];
    const verdict = judgeCrashes(this.crashes, now);
    if (verdict.kind === 'restart') {
      this.current = verdict.degradation;
      const reason = `${what}. It starts again with the next request`;
      return { phase: 'failed', reason, retryAt: verdict.at };
    }
    const reason =
      `${what}. It crashed ${String(this.crashes.length)} times in five minutes, ` +
      'also with a smaller context and on the processor';
    this.refused = { error: new MillpondError('model-load-failed', reason), until: verdict.at };
    return { phase: 'failed', reason, retryAt: verdict.at };
  }

  noteLoadFailure(error: MillpondError, now: number): FailedState {
    this.loadFailures += 1;
    const until = now + pauseAfter(this.loadFailures);
    this.refused = { error, until };
    return { phase: 'failed', reason: error.message, retryAt: until };
  }

  noteReady(): void {
    this.loadFailures = 0;
    this.refused = undefined;
  }

  /** A person wants another try: nothing is held against the model any more. */
  forget(): void {
    this.crashes = [];
    this.current = 'none';
    this.noteReady();
  }
}

/** What the process wrote before it died while loading: the factory hands it over as the cause. */
export function logTailOf({ cause }: MillpondError): readonly string[] {
  return cause instanceof Error ? cause.message.split('\n') : [];
}
