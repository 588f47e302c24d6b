import { progress } from '../support/progress.ts';
import type { Figure, Section } from '../support/report.ts';
import { percentile, summarize } from '../support/stats.ts';
import { readCounted } from './counted-stream.ts';
import { startPool } from './pool-under-test.ts';
import type { PartOptions, PoolUnderTest } from './pool-under-test.ts';

const requestsPerRun = 200;

/** What the tunnel adds to the first token: the same engines behind it and in the gateway itself. */
export async function measureFirstToken({ runs, signal }: PartOptions): Promise<Section> {
  progress('tunnel: time to the first token');
  await using pool = await startPool();
  const far = { name: 'far', count: 1, slots: 8, model: 'far', tokensPerSecond: 0 };
  await using machine = await pool.machines(far);
  await machine.process.call('connect');
  await pool.gateway.call('untilMachines', 1);
  const times = { near: [] as number[][], far: [] as number[][] };
  for (let run = 0; run <= runs; run += 1) {
    signal.throwIfAborted();
    const near = await timeEach(pool, 'near');
    const tunnelled = await timeEach(pool, 'far');
    // The first run warms all of them up.
    if (run === 0) continue;
    times.near.push(near);
    times.far.push(tunnelled);
  }
  const figure = (what: string, share: number, budget?: string): Figure => ({
    what: `first token, ${what}`,
    unit: 'ms',
    measured: summarize(times.far.map((each) => percentile(each, share))),
    reference: summarize(times.near.map((each) => percentile(each, share))),
    ...(budget !== undefined && { budget }),
  });
  return {
    title: 'Time to the first token through the tunnel',
    comparison: { reference: 'same engine, no tunnel', by: 'difference' },
    figures: [figure('p50', 0.5, '≤ 3 ms more'), figure('p99', 0.99)],
  };
}

/** One after the other; milliseconds until each had its first token. */
async function timeEach(pool: PoolUnderTest, model: string): Promise<number[]> {
  const times: number[] = [];
  for (let request = 0; request < requestsPerRun; request += 1) {
    const prompt = `${model} ${String(request)}`;
    const stream = await readCounted(pool.target, { model, prompt, tokens: 1 });
    if (!stream.isWhole) throw new Error(`An answer was not whole: ${stream.failure ?? prompt}`);
    times.push((stream.arrivals[0] ?? Infinity) - stream.askedAt);
  }
  return times;
}
