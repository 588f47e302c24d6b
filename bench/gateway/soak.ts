import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ProcessUsage } from '../runtime/gateway-protocol.ts';
import type { PostTarget } from '../support/event-stream.ts';
import { describeMachine } from '../support/machine.ts';
import { progress } from '../support/progress.ts';
import type { Figure, Report, Section } from '../support/report.ts';
import { median, summarize } from '../support/stats.ts';
import { startMeasured } from './measured-process.ts';
import { keepAsking, ways } from './soak-callers.ts';
import type { Tally } from './soak-callers.ts';
import { startTeamGateway } from './team-gateway.ts';
import type { TeamGateway } from './team-gateway.ts';

export interface SoakOptions {
  readonly minutes: number;
  readonly signal: AbortSignal;
}

const callers = 24;
/** Caches fill and code is compiled: what is held then is what later growth is counted from. */
const warmUpShare = 0.25;
const intervals = 60;

/**
 * Callers of every kind for as long as is wished, before a provider that behaves and one that fails in
 * every way it can: how each request ended, and what the gateway holds after it all.
 */
export async function soakGateway({ minutes, signal }: SoakOptions): Promise<Report> {
  await using upstream = await startMeasured('upstream-process.ts');
  await using flaky = await startMeasured('flaky-process.ts');
  await using gateway = await startTeamGateway(upstream.port, flaky.port);
  const agent = new Agent({ keepAlive: true, maxSockets: Infinity });
  const target: PostTarget = {
    ...{ port: gateway.port, path: '/v1/chat/completions', agent },
    headers: { authorization: `Bearer ${gateway.key}` },
  };
  const tallies = ways.map(({ kind }) => ({ kind, asked: 0, whole: 0, told: 0, wrong: 0 }));
  let isOver = false;
  const asking = Array.from({ length: callers }, (_, first) =>
    keepAsking(target, tallies, { first, isOver: () => isOver || signal.aborted }),
  );
  try {
    const samples = await sample(gateway, (minutes * 60_000) / intervals, signal);
    isOver = true;
    await Promise.all(asking);
    // What a caller left behind is over a moment later.
    const { running } = await gateway.during(() => sleep(2000, undefined, { signal }));
    const sections = [endings(tallies, minutes), holdings(samples, running)];
    return { benchmark: 'soak', machine: describeMachine(), sections };
  } finally {
    isOver = true;
    agent.destroy();
  }
}

async function sample(
  gateway: TeamGateway,
  intervalMs: number,
  signal: AbortSignal,
): Promise<readonly ProcessUsage[]> {
  const samples: ProcessUsage[] = [];
  while (samples.length < intervals) {
    progress(`soak: ${(samples.length + 1).toString()} of ${intervals.toString()}`);
    samples.push(await gateway.during(() => sleep(intervalMs, undefined, { signal })));
  }
  return samples;
}

function endings(tallies: readonly Tally[], minutes: number): Section {
  const figures = tallies.flatMap(({ kind, asked, whole, told, wrong }): readonly Figure[] => [
    { what: `${kind}: asked`, unit: '', measured: summarize([asked]) },
    { what: 'whole', unit: '', measured: summarize([whole]) },
    { what: 'refused, or ended with an error event', unit: '', measured: summarize([told]) },
    { what: 'anything else', unit: '', measured: summarize([wrong]), budget: '0' },
  ]);
  return {
    title: `How requests ended, ${minutes.toString()} minutes, ${callers.toString()} callers`,
    figures,
  };
}

function holdings(samples: readonly ProcessUsage[], running: number): Section {
  const warm = samples.slice(Math.floor(samples.length * warmUpShare));
  const resident = warm.map(({ residentMiB }) => residentMiB);
  const third = Math.ceil(warm.length / 3);
  const growth = median(resident.slice(-third)) / median(resident.slice(0, third));
  return {
    title: 'What the gateway holds and spends, after a quarter of the time',
    figures: [
      {
        what: 'requests that still run at the end',
        unit: '',
        measured: summarize([running]),
        budget: '0',
      },
      { what: 'resident memory', unit: 'MiB', measured: summarize(resident) },
      {
        what: 'resident memory, last third of it against the first',
        unit: '×',
        measured: summarize([growth]),
        budget: '≤ 1.1',
      },
      {
        what: 'event loop late, p99 of each interval',
        unit: 'ms',
        measured: summarize(warm.map(({ loopDelayP99Ms }) => loopDelayP99Ms)),
      },
      {
        what: 'cores',
        unit: '',
        measured: summarize(warm.map(({ cpuMs, wallMs }) => cpuMs / wallMs)),
      },
    ],
  };
}
