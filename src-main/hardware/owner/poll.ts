import type { Clock } from '../../core/clock.ts';

/** What is read from files is read this often; never closer, so that idle machines stay idle. */
export const pollMs = 5000;

/** Reads at once and then every five seconds, never two at a time. Returns how to end it. */
export function poll(clock: Pick<Clock, 'after'>, read: () => Promise<void>): () => void {
  let isStopped = false;
  let cancel = (): void => {};
  const round = (): void => {
    void read().finally(() => {
      if (!isStopped) cancel = clock.after(pollMs, round);
    });
  };
  round();
  return () => {
    isStopped = true;
    cancel();
  };
}
