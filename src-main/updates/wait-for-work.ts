import type { Clock } from '../core/clock.ts';
import type { RunningWork } from './ports.ts';

const lookMs = 250;

interface WaitOptions {
  readonly signal: AbortSignal;
  /** Aborted by *Update now anyway*. */
  readonly hurry: AbortSignal;
  /** Who still answers by then is asked to end. */
  readonly limitMs: number;
  readonly onWaiting: (answers: number, until: number) => void;
}

/**
 * Resolves when no answer runs here any more, for anybody, or when nobody wants to wait longer. New
 * answers for this machine's people begin meanwhile as ever: whoever works here is not kept waiting.
 * Rejects with the signal's reason.
 */
export async function waitForWork(
  work: RunningWork,
  clock: Clock,
  { signal, hurry, limitMs, onWaiting }: WaitOptions,
): Promise<void> {
  const until = clock.now() + limitMs;
  const giveUpAt = clock.monotonic() + limitMs;
  let told = -1;
  for (;;) {
    signal.throwIfAborted();
    const answers = work.count();
    if (answers === 0 || hurry.aborted || clock.monotonic() >= giveUpAt) return;
    if (answers !== told) onWaiting(answers, until);
    told = answers;
    try {
      await clock.sleep(lookMs, AbortSignal.any([signal, hurry]));
    } catch {
      // Woken by one of the two; the other only ends the wait.
      signal.throwIfAborted();
    }
  }
}
