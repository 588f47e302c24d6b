import { ChildAbort } from '../../core/child-abort.ts';
import type { Clock } from '../../core/clock.ts';
import { tooLate } from './refusals.ts';

export interface LimitedSignal {
  readonly signal: AbortSignal;
  /** Forgets the deadline; called when the answer is over. */
  readonly release: () => void;
}

/** The caller's signal, aborted at the deadline too. `deadlineAt` in epoch milliseconds. */
export function withDeadline(
  clock: Clock,
  signal: AbortSignal,
  deadlineAt: number | undefined,
): LimitedSignal {
  if (deadlineAt === undefined) return { signal, release: () => {} };
  const late = new ChildAbort(signal);
  const cancel = clock.after(Math.max(0, deadlineAt - clock.now()), () => {
    late.abort(tooLate());
  });
  return {
    signal: late.signal,
    release: () => {
      cancel();
      late.release();
    },
  };
}
