import { setTimeout as sleep } from 'node:timers/promises';
import { createRelay } from '../../src-main/testing/relay.ts';
import { progress } from '../support/progress.ts';
import type { Figure, Section } from '../support/report.ts';
import { summarize } from '../support/stats.ts';
import { readCounted } from './counted-stream.ts';
import { startPool } from './pool-under-test.ts';
import type { MachineProcess, PartOptions, PoolUnderTest } from './pool-under-test.ts';

const nodeCount = 200;
const idleMs = 2000;
/** Tokens of each of the streams that measure throughput, one a machine. */
const tokensEach = 500;

/** A pool of many machines: what each costs the gateway, and how they come, and come back. */
export async function measureSimulatedNodes(options: PartOptions): Promise<Section> {
  progress(`tunnel: ${String(nodeCount)} machines`);
  await using pool = await startPool();
  const relay = await createRelay({ to: { port: pool.address.publicPort } });
  try {
    const far = { name: 'node', count: nodeCount, slots: 2, model: 'far', tokensPerSecond: 0 };
    await using machines = await pool.machines(far, relay.port);
    // Both models once, so that what is loaded late is not counted as a machine's.
    await pour(pool, 'near');
    const before = await pool.gateway.call('memory');
    const online = await machines.process.call('connect');
    await pool.gateway.call('untilMachines', nodeCount);
    const sockets = (await pool.gateway.call('tunnel'))?.sockets ?? 0;
    const after = await pool.gateway.call('memory');
    return {
      title: `${String(nodeCount)} simulated machines, each with its own socket`,
      comparison: { reference: 'without machines', by: 'ratio' },
      figures: [
        once('sockets at the gateway', '', sockets, String(nodeCount)),
        once('all dial at once: until the last is online', 'ms', Math.max(...online)),
        once('heap a machine', 'KiB', kibibytesEach(before.heapBytes, after.heapBytes)),
        once('resident a machine', 'KiB', kibibytesEach(before.residentBytes, after.residentBytes)),
        await idleFigure(pool, options),
        ...(await throughputFigures(pool, options)),
        ...(await stormFigures(pool, machines.process, { ...options, cut: () => relay.cut() })),
      ],
    };
  } finally {
    await relay.close();
  }
}

function once(what: string, unit: string, value: number, budget?: string): Figure {
  return { what, unit, measured: summarize([value]), ...(budget !== undefined && { budget }) };
}

function kibibytesEach(before: number, after: number): number {
  return (after - before) / nodeCount / 1024;
}

/** What a gateway takes while its machines only say that they are there. */
async function idleFigure(pool: PoolUnderTest, { runs, signal }: PartOptions): Promise<Figure> {
  progress('tunnel: idle machines');
  const shares: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    await pool.gateway.call('begin');
    await sleep(idleMs, undefined, { signal });
    const { cpuMs, wallMs } = await pool.gateway.call('spent');
    shares.push((cpuMs / wallMs) * 100);
  }
  return { what: 'CPU with all of them idle', unit: '% of a core', measured: summarize(shares) };
}

interface Poured {
  readonly perSecond: number;
  readonly cpuPerTokenUs: number;
  /** Answers that were not whole: none, unless the machine is so busy that deadlines pass. */
  readonly broken: number;
}

/** As many tokens as come: one stream a machine, as fast as it is read. */
async function throughputFigures(
  pool: PoolUnderTest,
  { runs, signal }: PartOptions,
): Promise<readonly Figure[]> {
  progress('tunnel: throughput');
  const near: Poured[] = [];
  const far: Poured[] = [];
  for (let run = 0; run < runs; run += 1) {
    signal.throwIfAborted();
    near.push(await pour(pool, 'near'));
    far.push(await pour(pool, 'far'));
  }
  const figure = (what: string, unit: string, pick: keyof Poured): Figure => ({
    ...{ what, unit },
    measured: summarize(far.map((each) => each[pick])),
    reference: summarize(near.map((each) => each[pick])),
  });
  return [
    figure('one stream each, unpaced: answers that were not whole', '', 'broken'),
    figure('one stream each, unpaced: all together', 'tokens/s', 'perSecond'),
    figure('one stream each, unpaced: CPU of the gateway a token', 'µs', 'cpuPerTokenUs'),
  ];
}

async function pour(pool: PoolUnderTest, model: string): Promise<Poured> {
  await pool.gateway.call('begin');
  const answers = await Promise.all(
    Array.from({ length: nodeCount }, (_, index) =>
      readCounted(pool.target, { model, prompt: `pour ${String(index)}`, tokens: tokensEach }),
    ),
  );
  const { cpuMs, wallMs } = await pool.gateway.call('spent');
  const broken = answers.filter(({ isWhole }) => !isWhole);
  if (broken[0]?.failure !== undefined) progress(`a stream ended with ${broken[0].failure}`);
  const tokens = answers.reduce((sum, answer) => sum + answer.tokens, 0);
  return {
    perSecond: (tokens / wallMs) * 1000,
    cpuPerTokenUs: (cpuMs * 1000) / tokens,
    broken: broken.length,
  };
}

/** All lines break at once, and every machine comes back by itself. */
async function stormFigures(
  pool: PoolUnderTest,
  machines: MachineProcess,
  { runs, signal, cut }: PartOptions & { readonly cut: () => void },
): Promise<readonly Figure[]> {
  const half: number[] = [];
  const last: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    signal.throwIfAborted();
    progress(`tunnel: storm ${String(run + 1)}`);
    await machines.call('beSteady');
    const back = machines.call('untilAllBack');
    cut();
    const times = (await back).toSorted((a, b) => a - b);
    await pool.gateway.call('untilMachines', nodeCount);
    half.push(times[nodeCount / 2] ?? 0);
    last.push(times.at(-1) ?? 0);
  }
  return [
    { what: 'all lines cut: half of them are back', unit: 'ms', measured: summarize(half) },
    { what: 'all lines cut: the last is back', unit: 'ms', measured: summarize(last) },
  ];
}
