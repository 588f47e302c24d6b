import { setTimeout as sleep } from 'node:timers/promises';
import { streamEvents } from '../support/event-stream.ts';
import { progress } from '../support/progress.ts';
import type { Figure, Section } from '../support/report.ts';
import { longestGap, median, percentile, summarize } from '../support/stats.ts';
import { tokensPerSecond } from './fake-models.ts';
import { chatBody } from './gateway-client.ts';
import type { GatewayUnderTest } from './gateway-client.ts';

const secondsPerRun = 5;
const stallMs = 1000;

/** Callers don't all come in the same millisecond. */
const msBetweenCallers = 2;

/** The text of a chunk; cheap, so that the reader keeps up with what it measures. */
const content = /"content":"([^"]*)"/;

interface StreamOutcome {
  /** Every token once, in order, and the stream's proper end. */
  readonly isWhole: boolean;
  readonly longestGapMs: number;
  readonly tokensPerSecond: number;
}

/** Reads one stream and holds it to what the model wrote: `1 `, `2 ` … */
async function readStream(gateway: GatewayUnderTest, tokens: number): Promise<StreamOutcome> {
  const arrivals: number[] = [];
  let expected = 1;
  const ends: string[] = [];
  await streamEvents(gateway.targets.gateway, chatBody('paced', true, tokens), {
    onEvent: (data) => {
      if (data === '[DONE]') {
        ends.push(data);
        return;
      }
      const text = content.exec(data)?.[1] ?? '';
      if (text === '') return;
      arrivals.push(performance.now());
      if (text === `${expected} `) expected += 1;
    },
  });
  return {
    isWhole: ends.length === 1 && expected === tokens + 1 && arrivals.length === tokens,
    longestGapMs: longestGap(arrivals),
    tokensPerSecond: (tokens - 1) / (((arrivals.at(-1) ?? 0) - (arrivals[0] ?? 0)) / 1000),
  };
}

interface CrowdRun {
  readonly broken: number;
  readonly stalled: number;
  readonly gapP99Ms: number;
  readonly tokensPerSecond: number;
  readonly cpuPerTokenUs: number;
  readonly loopDelayP99Ms: number;
  readonly cores: number;
}

async function runCrowd(gateway: GatewayUnderTest, streams: number): Promise<CrowdRun> {
  const tokens = tokensPerSecond * secondsPerRun;
  let outcomes: StreamOutcome[] = [];
  const usage = await gateway.during(async () => {
    outcomes = await Promise.all(
      Array.from({ length: streams }, async (_, index) => {
        await sleep(index * msBetweenCallers);
        return readStream(gateway, tokens);
      }),
    );
  });
  const alone = await gateway.drainAlone(streams, secondsPerRun);
  const gaps = outcomes.map(({ longestGapMs }) => longestGapMs);
  return {
    broken: outcomes.filter(({ isWhole }) => !isWhole).length,
    stalled: gaps.filter((gap) => gap > stallMs).length,
    gapP99Ms: percentile(gaps, 0.99),
    tokensPerSecond: median(outcomes.map((outcome) => outcome.tokensPerSecond)),
    cpuPerTokenUs: ((usage.cpuMs - alone.cpuMs) * 1000) / (streams * tokens),
    loopDelayP99Ms: usage.loopDelayP99Ms,
    cores: usage.cpuMs / usage.wallMs,
  };
}

/** Many streams at the pace of a cloud model through one gateway process. */
export async function measurePacedStreams(
  gateway: GatewayUnderTest,
  { runs, signal }: { readonly runs: number; readonly signal: AbortSignal },
): Promise<Section> {
  const figures: Figure[] = [];
  for (const streams of [100, 500]) {
    progress(`gateway: ${streams} streams at ${tokensPerSecond} tokens/s`);
    const crowd: CrowdRun[] = [];
    for (let run = 0; run < runs; run += 1) {
      signal.throwIfAborted();
      crowd.push(await runCrowd(gateway, streams));
    }
    const figure = (what: string, unit: string, pick: keyof CrowdRun, budget?: string): Figure => ({
      what: `${streams} streams: ${what}`,
      unit,
      measured: summarize(crowd.map((run) => run[pick])),
      ...(budget !== undefined && { budget }),
    });
    figures.push(
      figure('with a token lost, doubled or out of order', '', 'broken', '0'),
      figure(`without a token for ${stallMs / 1000} s`, '', 'stalled', '0'),
      figure('what a stream got', 'tokens/s', 'tokensPerSecond', '50'),
      figure('longest gap of a stream, p99 of streams', 'ms', 'gapP99Ms'),
      figure('CPU of the gateway a token', 'µs', 'cpuPerTokenUs'),
      figure('cores the whole process used', '', 'cores', '≤ 1'),
      figure('event-loop delay, p99', 'ms', 'loopDelayP99Ms', '≤ 10 ms'),
    );
  }
  return {
    title: `Streams at ${tokensPerSecond} tokens/s through the gateway, ${secondsPerRun} s each`,
    figures,
  };
}
