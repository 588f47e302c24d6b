import { streamEvents } from '../support/event-stream.ts';
import { progress } from '../support/progress.ts';
import type { Section } from '../support/report.ts';
import { summarize } from '../support/stats.ts';
import { sharedMs } from '../tunnel/shared-clock.ts';
import { chatBody } from './chat-body.ts';
import type { BenchmarkOptions, Contestants } from './gateway-benchmark.ts';

const leavesAfterTokens = 10;
const cancelsPerRun = 20;

/** From the caller closing its socket to the provider seeing its own closed. */
export async function measureCancel(
  { targets, upstream }: Contestants,
  { runs, signal }: BenchmarkOptions,
): Promise<Section> {
  progress('gateway: cancel');
  const times: number[] = [];
  for (let turn = 0; turn < runs * cancelsPerRun; turn += 1) {
    signal.throwIfAborted();
    const leaving = upstream.nextLeaving();
    const leave = new AbortController();
    let seen = 0;
    let leftAt = 0;
    await streamEvents(targets.gateway, chatBody('paced', true, 10_000), {
      signal: leave.signal,
      onEvent: () => {
        seen += 1;
        if (seen !== leavesAfterTokens) return;
        leftAt = sharedMs();
        leave.abort();
      },
    }).catch((error: unknown) => {
      if (!leave.signal.aborted) throw error;
    });
    times.push((await leaving) - leftAt);
  }
  return {
    title: 'A caller leaves in the middle of a stream',
    figures: [
      {
        what: 'until the provider is told',
        unit: 'ms',
        measured: summarize(times),
        budget: '≤ 100',
      },
    ],
  };
}
