import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PostTarget } from '../support/event-stream.ts';
import { describeMachine } from '../support/machine.ts';
import { progress } from '../support/progress.ts';
import type { Report, Section } from '../support/report.ts';
import { measureCancel } from './cancel.ts';
import { measureHeld } from './held-streams.ts';
import { measureAdded, measureCost } from './latency.ts';
import { startMeasured } from './measured-process.ts';
import type { MeasuredProcess } from './measured-process.ts';

export interface BenchmarkOptions {
  readonly runs: number;
  readonly signal: AbortSignal;
}

/** The provider itself, the least that can stand in front of it, and the gateway with everything on. */
export interface Contestants {
  readonly upstream: MeasuredProcess;
  readonly gateway: MeasuredProcess;
  readonly targets: Readonly<Record<'direct' | 'bareProxy' | 'gateway', PostTarget>>;
}

const settleMs = 3000;

/** What the gateway adds between a caller and a provider, with key, limits, prices, routing and log on. */
export async function benchmarkGateway(options: BenchmarkOptions): Promise<Report> {
  progress('gateway: starting');
  await using upstream = await startMeasured('upstream-process.ts');
  const port = upstream.port.toString();
  await using bareProxy = await startMeasured('bare-proxy-process.ts', [port]);
  await using gateway = await startMeasured('governed-process.ts', [port]);
  const agent = new Agent({ keepAlive: true, maxSockets: Infinity });
  const target = (process: MeasuredProcess, headers = {}): PostTarget => ({
    ...{ port: process.port, path: '/v1/chat/completions', agent, headers },
  });
  const contestants: Contestants = {
    ...{ upstream, gateway },
    targets: {
      direct: target(upstream),
      bareProxy: target(bareProxy),
      gateway: target(gateway, { authorization: `Bearer ${gateway.key ?? ''}` }),
    },
  };
  try {
    await sleep(settleMs, undefined, { signal: options.signal });
    const idle = await gateway.during(() => sleep(settleMs, undefined, { signal: options.signal }));
    const added = await measureAdded(contestants, options);
    const cost = await measureCost(contestants, options);
    const cancel = await measureCancel(contestants, options);
    const held = await measureHeld(contestants, options, idle.residentMiB);
    const sections: readonly Section[] = [...added, cost, cancel, held];
    return { benchmark: 'gateway', machine: describeMachine(), sections };
  } finally {
    agent.destroy();
  }
}
