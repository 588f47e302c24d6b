import { postJson, streamEvents } from '../support/event-stream.ts';
import type { PostTarget } from '../support/event-stream.ts';
import { progress } from '../support/progress.ts';
import type { Figure, Section } from '../support/report.ts';
import { percentile, summarize } from '../support/stats.ts';
import { chatBody } from './gateway-client.ts';
import type { GatewayUnderTest } from './gateway-client.ts';

const requestsPerRun = 1000;
const connections = 16;

interface Percentiles {
  readonly p50: number;
  readonly p99: number;
}

/** One request after the other; milliseconds each took. */
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

async function firstEventMs(target: PostTarget): Promise<number> {
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

/** What the gateway adds to a call, and what a call costs it: key, log and metrics included. */
export async function measureGatewayLatency(
  gateway: GatewayUnderTest,
  options: { readonly runs: number; readonly signal: AbortSignal },
): Promise<Section> {
  const { targets } = gateway;
  const kinds = [
    { name: 'whole answer', ask: wholeAnswerMs, budgets: ['≤ 0.45 ms more', '≤ 1.5 ms more'] },
    { name: 'first token', ask: firstEventMs, budgets: ['≤ 1.0 ms more', undefined] },
  ] as const;
  const figures: Figure[] = [];
  for (const { ask, budgets, name } of kinds) {
    progress(`gateway: ${name}`);
    const through: Percentiles[] = [];
    const bare: Percentiles[] = [];
    for (let run = 0; run <= options.runs; run += 1) {
      options.signal.throwIfAborted();
      const results = [
        await timeEach(() => ask(targets.bare)),
        await timeEach(() => ask(targets.gateway)),
      ];
      if (run > 0)
        [bare, through].forEach((list, index) => list.push(...results.slice(index, index + 1)));
    }
    for (const [index, p] of (['p50', 'p99'] as const).entries()) {
      const budget = budgets[index];
      figures.push({
        what: `${name}, ${p}`,
        unit: 'ms',
        measured: summarize(through.map((values) => values[p])),
        reference: summarize(bare.map((values) => values[p])),
        ...(budget !== undefined && { budget }),
      });
    }
  }
  figures.push(...(await measureRequestCost(gateway, options)));
  return {
    title: 'Gateway over a model that answers at once (API key, log, one connection)',
    comparison: { reference: 'bare node:http', by: 'difference' },
    figures,
  };
}

async function measureRequestCost(
  gateway: GatewayUnderTest,
  { runs, signal }: { readonly runs: number; readonly signal: AbortSignal },
): Promise<Figure[]> {
  progress('gateway: CPU a request');
  const costs: number[] = [];
  for (let run = 0; run <= runs; run += 1) {
    signal.throwIfAborted();
    const usage = await gateway.during(async () => {
      const caller = async (): Promise<void> => {
        for (let request = 0; request < requestsPerRun / connections; request += 1) {
          await postJson(gateway.targets.gateway, chatBody('instant', false));
        }
      };
      await Promise.all(Array.from({ length: connections }, caller));
    });
    if (run > 0)
      costs.push((usage.cpuMs * 1000) / (Math.ceil(requestsPerRun / connections) * connections));
  }
  return [
    {
      what: `CPU a request, ${connections} connections`,
      unit: 'µs',
      measured: summarize(costs),
      budget: '≤ 250 µs',
    },
    {
      what: 'requests a second and core',
      unit: '1/s',
      measured: summarize(costs.map((cost) => 1e6 / cost)),
      budget: '≥ 4,000',
    },
  ];
}
