import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { ProcessUsage } from '../runtime/gateway-protocol.ts';

/** What the benchmark tells a process that it measures. */
export type ToChild = { readonly type: 'begin' } | { readonly type: 'end' };

/** What such a process answers: once when it is up, then to each message. */
export type FromChild =
  | { readonly type: 'ready'; readonly port: number }
  | { readonly type: 'begun' }
  | { readonly type: 'usage'; readonly usage: ProcessUsage }
  /** A caller of its left before the end, at this moment of the shared clock. */
  | { readonly type: 'left'; readonly at: number };

/** The histogram holds the time between two ticks: this much of it is the clock's own interval. */
const loopTickMs = 1;

/** The child's side: says that it is up, and what it spent whenever it is asked. */
export function answerBenchmark(
  ready: Extract<FromChild, { type: 'ready' }>,
  close: () => Promise<void> | void,
): void {
  const loopDelay = monitorEventLoopDelay({ resolution: loopTickMs });
  loopDelay.enable();
  let began = { cpu: process.cpuUsage(), at: performance.now() };
  process.on('message', (message: ToChild) => {
    if (message.type === 'begin') {
      loopDelay.reset();
      began = { cpu: process.cpuUsage(), at: performance.now() };
      tell({ type: 'begun' });
      return;
    }
    const { system, user } = process.cpuUsage(began.cpu);
    tell({
      type: 'usage',
      usage: {
        cpuMs: (user + system) / 1000,
        wallMs: performance.now() - began.at,
        loopDelayP99Ms: Math.max(0, loopDelay.percentile(99) / 1e6 - loopTickMs),
        residentMiB: process.memoryUsage.rss() / 1024 ** 2,
      },
    });
  });
  process.once('disconnect', () => {
    void Promise.resolve(close()).then(() => process.exit(0));
  });
  tell(ready);
}

export function tell(message: FromChild): void {
  process.send?.(message);
}
