import { setTimeout as sleep } from 'node:timers/promises';
import { tokensPerSecond } from '../runtime/fake-models.ts';
import type { ProcessUsage } from '../runtime/gateway-protocol.ts';
import { streamEvents } from '../support/event-stream.ts';
import type { PostTarget } from '../support/event-stream.ts';
import { progress } from '../support/progress.ts';
import type { Section } from '../support/report.ts';
import { longestGap, median, percentile, summarize } from '../support/stats.ts';
import { chatBody } from './chat-body.ts';
import type { BenchmarkOptions, Contestants } from './gateway-benchmark.ts';

const streams = 500;
const secondsPerRun = 6;
const tokens = tokensPerSecond * secondsPerRun;
const stallMs = 1000;
/** Callers don't all come in the same millisecond. */
const msBetweenCallers = 2;
/** The text of a chunk; cheap, so that the reader keeps up with what it measures. */
const content = /"content":"([^"]*)"/;

interface Outcome {
  /** Every token once, in order, and the stream's proper end. */
  readonly isWhole: boolean;
  readonly longestGapMs: number;
  readonly tokensPerSecond: number;
}

/** 500 streams at the pace of a cloud model through one gateway process. */
export async function measureHeld(
  { targets, bareProxy, gateway }: Contestants,
  { runs, signal }: BenchmarkOptions,
): Promise<Section> {
  const broken: number[] = [];
  const stalled: number[] = [];
  const gaps: number[] = [];
  const rates: number[] = [];
  const directRates: number[] = [];
  const costs: number[] = [];
  const bareCosts: number[] = [];
  const cores: number[] = [];
  const resident: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    signal.throwIfAborted();
    progress(`gateway: ${streams.toString()} streams, run ${(run + 1).toString()}`);
    directRates.push(median((await crowd(targets.direct)).map((each) => each.tokensPerSecond)));
    const bare = await bareProxy.during(async () => {
      await crowd(targets.bareProxy);
    });
    bareCosts.push(costOfToken(bare));
    let outcomes: readonly Outcome[] = [];
    const usage = await gateway.during(async () => {
      outcomes = await crowd(targets.gateway);
    });
    const longest = outcomes.map(({ longestGapMs }) => longestGapMs);
    broken.push(outcomes.filter(({ isWhole }) => !isWhole).length);
    stalled.push(longest.filter((gap) => gap > stallMs).length);
    gaps.push(percentile(longest, 0.99));
    rates.push(median(outcomes.map((each) => each.tokensPerSecond)));
    costs.push(costOfToken(usage));
    cores.push(usage.cpuMs / usage.wallMs);
    resident.push(usage.residentMiB);
  }
  const title = `${streams.toString()} streams at ${tokensPerSecond.toString()} tokens/s, ${secondsPerRun.toString()} s each`;
  return {
    title,
    comparison: { reference: 'asked directly; CPU: bare undici proxy', by: 'ratio' },
    figures: [
      { what: 'broken, mixed or out of order', unit: '', measured: summarize(broken), budget: '0' },
      { what: 'without a token for 1 s', unit: '', measured: summarize(stalled), budget: '0' },
      {
        what: 'what a stream got',
        unit: 'tokens/s',
        measured: summarize(rates),
        reference: summarize(directRates),
      },
      { what: 'longest gap, p99 of streams', unit: 'ms', measured: summarize(gaps) },
      {
        what: 'CPU of the gateway a token',
        unit: 'µs',
        measured: summarize(costs),
        reference: summarize(bareCosts),
      },
      { what: 'cores of the gateway', unit: '', measured: summarize(cores), budget: '≤ 1' },
      { what: 'resident memory', unit: 'MiB', measured: summarize(resident), budget: '≤ 250' },
    ],
  };
}

const costOfToken = ({ cpuMs }: ProcessUsage): number => (cpuMs * 1000) / (streams * tokens);

function crowd(target: PostTarget): Promise<readonly Outcome[]> {
  return Promise.all(
    Array.from({ length: streams }, async (_, index) => {
      await sleep(index * msBetweenCallers);
      return readStream(target);
    }),
  );
}

async function readStream(target: PostTarget): Promise<Outcome> {
  const arrivals: number[] = [];
  let expected = 1;
  let ends = 0;
  await streamEvents(target, chatBody('paced', true, tokens), {
    onEvent: (data) => {
      if (data === '[DONE]') {
        ends += 1;
        return;
      }
      const text = content.exec(data)?.[1] ?? '';
      if (text === '') return;
      arrivals.push(performance.now());
      if (text === `${expected.toString()} `) expected += 1;
    },
  });
  return {
    isWhole: ends === 1 && expected === tokens + 1 && arrivals.length === tokens,
    longestGapMs: longestGap(arrivals),
    tokensPerSecond: (tokens - 1) / (((arrivals.at(-1) ?? 0) - (arrivals[0] ?? 0)) / 1000),
  };
}
