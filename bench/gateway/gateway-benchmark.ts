import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PostTarget } from '../support/event-stream.ts';
import { describeMachine } from '../support/machine.ts';
import { progress } from '../support/progress.ts';
import type { Report, Section } from '../support/report.ts';
import { summarize } from '../support/stats.ts';
import { measureCancel } from './cancel.ts';
import { measureHeld } from './held-streams.ts';
import { measureAdded, measureCost } from './latency.ts';
import { startMeasured } from './measured-process.ts';
import type { MeasuredProcess } from './measured-process.ts';
import { startTeamGateway } from './team-gateway.ts';
import type { TeamGateway } from './team-gateway.ts';

export interface BenchmarkOptions {
  readonly runs: number;
  readonly signal: AbortSignal;
}

/** The provider itself, the least that can stand in front of it, and the gateway with everything on. */
export interface Contestants {
  readonly upstream: MeasuredProcess;
  readonly bareProxy: MeasuredProcess;
  readonly gateway: TeamGateway;
  readonly targets: Readonly<Record<'direct' | 'bareProxy' | 'gateway', PostTarget>>;
}

/** The program gives memory back some 20 to 40 s after the last thing that it did. */
const settleMs = 60_000;

/** What the gateway adds between a caller and a provider, with key, limits, prices, routing and log on. */
export async function benchmarkGateway(options: BenchmarkOptions): Promise<Report> {
  progress('gateway: starting');
  await using upstream = await startMeasured('upstream-process.ts');
  const port = upstream.port.toString();
  await using bareProxy = await startMeasured('bare-proxy-process.ts', [port]);
  await using gateway = await startTeamGateway(upstream.port);
  const agent = new Agent({ keepAlive: true, maxSockets: Infinity });
  const target = (at: number, headers = {}): PostTarget => ({
    ...{ port: at, path: '/v1/chat/completions', agent, headers },
  });
  const settled = async (): Promise<number> => {
    const rest = (): Promise<void> => sleep(settleMs, undefined, { signal: options.signal });
    return (await gateway.during(rest)).residentMiB;
  };
  const contestants: Contestants = {
    ...{ upstream, bareProxy, gateway },
    targets: {
      direct: target(upstream.port),
      bareProxy: target(bareProxy.port),
      gateway: target(gateway.port, { authorization: `Bearer ${gateway.key}` }),
    },
  };
  try {
    progress('gateway: idle');
    const idleMiB = await settled();
    const added = await measureAdded(contestants, options);
    const cost = await measureCost(contestants, options);
    const cancel = await measureCancel(contestants, options);
    const held = await measureHeld(contestants, options);
    progress('gateway: idle again');
    const memory = restingMemory(idleMiB, await settled());
    const sections: readonly Section[] = [...added, cost, cancel, held, memory];
    return { benchmark: 'gateway', machine: describeMachine(), sections };
  } finally {
    agent.destroy();
  }
}

function restingMemory(before: number, after: number): Section {
  const figures = [
    { what: 'before the first request', measured: summarize([before]) },
    { what: 'after everything above', measured: summarize([after]) },
  ];
  return {
    title: 'Resident memory after a minute without a request',
    figures: figures.map((figure) => ({ ...figure, unit: 'MiB', budget: '≤ 120' })),
  };
}
