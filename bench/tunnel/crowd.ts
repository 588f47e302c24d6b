import { setTimeout as sleep } from 'node:timers/promises';
import { progress } from '../support/progress.ts';
import type { Figure, Section } from '../support/report.ts';
import { median, percentile, summarize } from '../support/stats.ts';
import { readCounted } from './counted-stream.ts';
import { startPool } from './pool-under-test.ts';
import type { PartOptions, PoolUnderTest } from './pool-under-test.ts';

const tokensPerSecond = 50;
const secondsPerRun = 3;
/** A token that comes later than this is late. */
const lateMs = 1000;
/** Callers don't all come in the same millisecond. */
const msBetweenCallers = 1;
const machineCount = 24;
const slotsPerMachine = 64;
/** The goal is measured in all runs, against the same load without a tunnel. */
const goal = 500;
/** Tried once each, until one is not held. */
const further = [750, 1000, 1500];

interface CrowdRun {
  readonly wrong: number;
  /** Ended truthfully, with an error. */
  readonly failed: number;
  readonly late: number;
  readonly gapP99Ms: number;
  readonly tokensPerSecond: number;
  readonly cpuPerTokenUs: number;
  readonly cores: number;
}

/** Many streams at the pace of a cloud model, each through the tunnel. */
export async function measureCrowd({ runs, signal }: PartOptions): Promise<Section> {
  await using pool = await startPool();
  const far = { name: 'far', count: machineCount, slots: slotsPerMachine, model: 'far' };
  await using machines = await pool.machines({ ...far, tokensPerSecond });
  await machines.process.call('connect');
  await pool.gateway.call('untilMachines', machineCount);
  const through: CrowdRun[] = [];
  const near: CrowdRun[] = [];
  for (let run = 0; run < runs; run += 1) {
    signal.throwIfAborted();
    progress(`tunnel: ${String(goal)} streams, run ${String(run + 1)}`);
    near.push(await runCrowd(pool, 'near-paced', goal));
    through.push(await runCrowd(pool, 'far', goal));
  }
  let held = through.every(isHeld) ? goal : 0;
  for (const streams of held === 0 ? [] : further) {
    signal.throwIfAborted();
    progress(`tunnel: ${String(streams)} streams`);
    if (!isHeld(await runCrowd(pool, 'far', streams))) break;
    held = streams;
  }
  return {
    title: `Streams at ${String(tokensPerSecond)} tokens/s through the tunnel, ${String(secondsPerRun)} s each`,
    comparison: { reference: 'same engine in the gateway', by: 'ratio' },
    figures: [...goalFigures(through, near), heldFigure(held)],
  };
}

function goalFigures(through: readonly CrowdRun[], near: readonly CrowdRun[]): readonly Figure[] {
  const figure = (what: string, unit: string, pick: keyof CrowdRun, budget?: string): Figure => ({
    what: `${String(goal)} streams: ${what}`,
    unit,
    measured: summarize(through.map((run) => run[pick])),
    reference: summarize(near.map((run) => run[pick])),
    ...(budget !== undefined && { budget }),
  });
  return [
    figure('with a token lost, doubled or mixed up', '', 'wrong', '0'),
    figure('ended with an error instead', '', 'failed', '0'),
    figure(`with a token over ${String(lateMs / 1000)} s late`, '', 'late', '0'),
    figure('what a stream got', 'tokens/s', 'tokensPerSecond', '50'),
    figure('longest gap of a stream, p99 of streams', 'ms', 'gapP99Ms'),
    figure('CPU of the gateway process a token', 'µs', 'cpuPerTokenUs'),
    figure('cores the gateway process used', '', 'cores', '≤ 0.5'),
    {
      what: 'streams that one core of the gateway carries',
      unit: '',
      measured: summarize(through.map(streamsPerCore)),
      reference: summarize(near.map(streamsPerCore)),
      budget: '≥ 1,000',
    },
  ];
}

function heldFigure(held: number): Figure {
  return {
    what: `most streams held, of ${[goal, ...further].join(', ')} (one run each)`,
    unit: '',
    measured: summarize([held]),
  };
}

function streamsPerCore({ cpuPerTokenUs }: CrowdRun): number {
  return 1e6 / cpuPerTokenUs / tokensPerSecond;
}

function isHeld(run: CrowdRun): boolean {
  return (
    run.wrong === 0 &&
    run.failed === 0 &&
    run.late === 0 &&
    run.tokensPerSecond >= 0.98 * tokensPerSecond
  );
}

async function runCrowd(pool: PoolUnderTest, model: string, streams: number): Promise<CrowdRun> {
  const tokens = tokensPerSecond * secondsPerRun;
  await pool.gateway.call('begin');
  const answers = await Promise.all(
    Array.from({ length: streams }, async (_, index) => {
      await sleep(index * msBetweenCallers);
      return readCounted(pool.target, { model, prompt: `stream ${String(index)}`, tokens });
    }),
  );
  const { cpuMs, wallMs } = await pool.gateway.call('spent');
  const failed = answers.flatMap(({ failure }) => failure ?? []);
  if (failed[0] !== undefined) progress(`a stream ended with ${failed[0]}`);
  const gaps = answers.map(({ longestGapMs }) => longestGapMs);
  return {
    wrong: answers.filter(({ isWrong }) => isWrong).length,
    failed: failed.length,
    late: gaps.filter((gap) => gap > lateMs).length,
    gapP99Ms: percentile(gaps, 0.99),
    tokensPerSecond: median(answers.map((answer) => answer.tokensPerSecond)),
    cpuPerTokenUs: (cpuMs * 1000) / answers.reduce((sum, answer) => sum + answer.tokens, 0),
    cores: cpuMs / wallMs,
  };
}
