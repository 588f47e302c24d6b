import { postJson, streamEvents } from '../support/event-stream.ts';
import type { PostTarget } from '../support/event-stream.ts';
import { progress } from '../support/progress.ts';
import type { Figure, Section } from '../support/report.ts';
import { percentile, summarize } from '../support/stats.ts';
import { chatBody } from './chat-body.ts';
import type { BenchmarkOptions, Contestants } from './gateway-benchmark.ts';

const requestsPerRun = 500;
const requestsForCost = 2000;
const connections = 16;

type Way = keyof Contestants['targets'];
const ways: readonly Way[] = ['direct', 'bareProxy', 'gateway'];

interface Percentiles {
  readonly p50: number;
  readonly p99: number;
}

/** One request after the other over one connection: what each way takes more than asking directly. */
export async function measureAdded(
  { targets }: Contestants,
  { runs, signal }: BenchmarkOptions,
): Promise<readonly Section[]> {
  const kinds = [
    { name: 'whole answer', ask: wholeAnswerMs, budgets: { p50: '≤ 0.45', p99: '≤ 1.5' } },
    { name: 'first token of a stream', ask: firstTokenMs, budgets: { p50: '≤ 1.0', p99: '≤ 3' } },
  ] as const;
  const sections: Section[] = [];
  for (const { name, ask, budgets } of kinds) {
    progress(`gateway: ${name}`);
    const seen: Record<Way, Percentiles[]> = { direct: [], bareProxy: [], gateway: [] };
    for (let run = 0; run <= runs; run += 1) {
      signal.throwIfAborted();
      for (const way of ways) {
        const times = await timeEach(() => ask(targets[way]));
        // The first run warms everything up.
        if (run > 0) seen[way].push(times);
      }
    }
    const added = (way: Way, p: keyof Percentiles): number[] =>
      seen[way].map((times, run) => times[p] - (seen.direct[run]?.[p] ?? 0));
    sections.push({
      title: `${name}: added by the gateway with key, limits, prices, routing and log on`,
      comparison: { reference: 'added by a bare undici proxy', by: 'ratio' },
      figures: (['p50', 'p99'] as const).map((p) => ({
        what: `added, ${p}`,
        unit: 'ms',
        measured: summarize(added('gateway', p)),
        reference: summarize(added('bareProxy', p)),
        budget: budgets[p],
      })),
    });
    sections.push({
      title: `${name}: the provider asked directly`,
      figures: (['p50', 'p99'] as const).map((p) => ({
        what: p,
        unit: 'ms',
        measured: summarize(seen.direct.map((times) => times[p])),
      })),
    });
  }
  return sections;
}

/** What a request costs the gateway's process with many callers at once, and what a bare proxy's. */
export async function measureCost(
  { targets, bareProxy, gateway }: Contestants,
  { runs, signal }: BenchmarkOptions,
): Promise<Section> {
  progress('gateway: CPU a request');
  const costs: Record<'bareProxy' | 'gateway', number[]> = { bareProxy: [], gateway: [] };
  const resident: number[] = [];
  const each = Math.ceil(requestsForCost / connections);
  for (let run = 0; run <= runs; run += 1) {
    signal.throwIfAborted();
    for (const [way, contestant] of [
      ['bareProxy', bareProxy],
      ['gateway', gateway],
    ] as const) {
      const { cpuMs, residentMiB } = await contestant.during(() => crowd(targets[way], each));
      if (run === 0) continue;
      costs[way].push((cpuMs * 1000) / (each * connections));
      if (way === 'gateway') resident.push(residentMiB);
    }
  }
  const perSecond = (micros: number): number => 1e6 / micros;
  const figures: readonly Figure[] = [
    {
      what: `CPU a request, ${connections.toString()} connections`,
      unit: 'µs',
      measured: summarize(costs.gateway),
      reference: summarize(costs.bareProxy),
      budget: '≤ 250, 6.4 × the bare proxy',
    },
    {
      what: 'requests a second and core',
      unit: '1/s',
      measured: summarize(costs.gateway.map(perSecond)),
      reference: summarize(costs.bareProxy.map(perSecond)),
      budget: '≥ 4,000',
    },
    { what: 'resident memory under this load', unit: 'MiB', measured: summarize(resident) },
  ];
  return {
    title: 'What a request costs the gateway (its whole process)',
    comparison: { reference: 'bare undici proxy', by: 'ratio' },
    figures,
  };
}

async function crowd(target: PostTarget, each: number): Promise<void> {
  const caller = async (): Promise<void> => {
    for (let request = 0; request < each; request += 1) {
      await postJson(target, chatBody('instant', false));
    }
  };
  await Promise.all(Array.from({ length: connections }, caller));
}

async function timeEach(ask: () => Promise<number>): Promise<Percentiles> {
  const times: number[] = [];
  for (let request = 0; request < requestsPerRun; request += 1) times.push(await ask());
  return { p50: percentile(times, 0.5), p99: percentile(times, 0.99) };
}

async function wholeAnswerMs(target: PostTarget): Promise<number> {
  const askedAt = performance.now();
  await postJson(target, chatBody('instant', false));
  return performance.now() - askedAt;
}

async function firstTokenMs(target: PostTarget): Promise<number> {
  const askedAt = performance.now();
  let first: number | undefined;
  await streamEvents(target, chatBody('instant', true), {
    onEvent: (data) => {
      if (data.includes('"pond"')) first ??= performance.now() - askedAt;
    },
  });
  if (first === undefined) throw new Error('The answer had no content');
  return first;
}
