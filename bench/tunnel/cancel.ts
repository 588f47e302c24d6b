import { progress } from '../support/progress.ts';
import type { Section } from '../support/report.ts';
import { percentile, summarize } from '../support/stats.ts';
import { readCounted } from './counted-stream.ts';
import { startPool } from './pool-under-test.ts';
import type { MachineProcess, PartOptions, PoolUnderTest } from './pool-under-test.ts';
import { sharedMs } from './shared-clock.ts';

const cancelsPerRun = 10;
const tokensPerSecond = 50;
const tokensBefore = 3;
/** An engine that has not stopped by then never will. */
const longestMs = 10_000;

/** From the moment at which a caller's connection closes until the engine has stopped. */
export async function measureCancel({ runs, signal }: PartOptions): Promise<Section> {
  progress('tunnel: callers who leave');
  await using pool = await startPool();
  await using machine = await pool.machines({
    ...{ name: 'far', count: 1, slots: 8, model: 'far', tokensPerSecond },
  });
  await machine.process.call('connect');
  await pool.gateway.call('untilMachines', 1);
  const near: number[][] = [];
  const far: number[][] = [];
  for (let run = 0; run < runs; run += 1) {
    signal.throwIfAborted();
    near.push(await cancelMany(pool, 'near-paced', pool.gateway));
    far.push(await cancelMany(pool, 'far', machine.process));
  }
  const figure = (what: string, share: number, budget: string) => ({
    what: `caller leaves, until the engine has stopped, ${what}`,
    unit: 'ms',
    measured: summarize(far.map((each) => percentile(each, share))),
    reference: summarize(near.map((each) => percentile(each, share))),
    budget,
  });
  return {
    title: 'A caller leaves in the middle of an answer',
    comparison: { reference: 'same engine, no tunnel', by: 'difference' },
    figures: [figure('p50', 0.5, '≤ 100 ms'), figure('worst', 1, '≤ 100 ms')],
  };
}

type Stopping = Pick<MachineProcess, 'onEvent'>;

async function cancelMany(pool: PoolUnderTest, model: string, engine: Stopping): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index < cancelsPerRun; index += 1) {
    const caller = new AbortController();
    const stopped = untilStopped(engine);
    const prompt = `leave ${String(index)}`;
    let leftAt = 0;
    await readCounted(pool.target, {
      ...{ model, prompt, tokens: 1000, signal: caller.signal },
      onTokens(count) {
        if (count < tokensBefore || leftAt > 0) return;
        leftAt = sharedMs();
        caller.abort();
      },
    });
    times.push((await stopped) - leftAt);
  }
  return times;
}

/** The moment at which the engine stopped before the end of an answer. */
function untilStopped(engine: Stopping): Promise<number> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      stop();
      reject(new Error('The engine has not stopped'));
    }, longestMs);
    const stop = engine.onEvent((event, data) => {
      if (event !== 'stopped') return;
      clearTimeout(timer);
      stop();
      resolve((data as { readonly at: number }).at);
    });
  });
}
