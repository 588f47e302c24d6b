import { seededRandom } from '../../src-main/testing/hub/seeded-random.ts';
import { progress } from '../support/progress.ts';
import type { Figure, Section } from '../support/report.ts';
import { percentile, summarize } from '../support/stats.ts';
import { readCounted } from './counted-stream.ts';
import type { CountedStream } from './counted-stream.ts';
import { startPool } from './pool-under-test.ts';
import type { MachineProcess, PartOptions, PoolUnderTest } from './pool-under-test.ts';
import { sharedMs } from './shared-clock.ts';

export const tokensPerSecond = 200;
/** Long enough that the answer runs on well behind the place where it was broken. */
const tokens = 300;
const latestBreak = 80;
const answersPerKill = 4;
const killsPerRun = 3;

/** SIGKILLs of the machine that answers, at a random token, while another one has the same model. */
export async function measureKills({ runs, signal }: PartOptions): Promise<Section> {
  const killed = await killMachines(runs * killsPerRun, signal);
  const answers = killed.flatMap((kill) => kill.answers);
  const pauses = answers.map(({ longestGapMs }) => longestGapMs);
  const continued = answers.filter(({ isWhole }) => isWhole).length;
  return {
    title: `${String(killed.length)} SIGKILLs of the machine that answers, ${String(answers.length)} answers under way`,
    figures: [
      {
        what: 'until the gateway has noticed',
        unit: 'ms',
        measured: summarize(killed.map(({ noticedMs }) => noticedMs)),
        budget: '≤ 1,000 ms',
      },
      ...pauseFigures('pause that the caller sees', pauses),
      {
        what: 'answers continued with nothing lost, repeated or mixed up',
        unit: '%',
        measured: summarize([(continued / answers.length) * 100]),
        budget: '≥ 99 %',
      },
    ],
  };
}

export function pauseFigures(what: string, pauses: readonly number[]): readonly Figure[] {
  return [
    { what, unit: 'ms', measured: summarize(pauses) },
    { what: `${what}, p90`, unit: 'ms', measured: summarize([percentile(pauses, 0.9)]) },
  ];
}

export interface Kill {
  readonly noticedMs: number;
  /** Those that were under way. */
  readonly answers: readonly CountedStream[];
}

/** One machine answers, another comes, the first is killed: the next kill's first machine is the other. */
export async function killMachines(count: number, signal: AbortSignal): Promise<readonly Kill[]> {
  await using pool = await startPool();
  const random = seededRandom(5);
  const kills: Kill[] = [];
  let [answering, next] = await Promise.all([start(pool, 'machine-0'), start(pool, 'machine-1')]);
  try {
    await bringOnline(pool, answering);
    for (let index = 0; index < count; index += 1) {
      signal.throwIfAborted();
      progress(`tunnel: SIGKILL ${String(index + 1)} of ${String(count)}`);
      const other = next;
      const seed = { index, atToken: 2 + Math.floor(random() * latestBreak) };
      kills.push(await killOne(pool, { answering, other }, seed));
      answering = other;
      if (index + 1 < count) next = await start(pool, `machine-${String(index + 2)}`);
    }
  } finally {
    await Promise.all([answering, next].map(({ process }) => process[Symbol.asyncDispose]()));
  }
  return kills;
}

interface Machine {
  readonly process: MachineProcess;
  readonly membershipId: string;
}

async function killOne(
  pool: PoolUnderTest,
  { answering, other }: { readonly answering: Machine; readonly other: Machine },
  { index, atToken }: { readonly index: number; readonly atToken: number },
): Promise<Kill> {
  const reached = Promise.withResolvers<undefined>();
  const prompts = Array.from(
    { length: answersPerKill },
    (_, at) => `kill ${String(index)}.${String(at)}`,
  );
  const answers = Promise.all(
    prompts.map((prompt, at) => {
      const onTokens = (count: number): void => {
        if (at === 0 && count >= atToken) reached.resolve(undefined);
      };
      return readCounted(pool.target, { model: 'far', prompt, tokens, onTokens });
    }),
  );
  // All of them run on the only machine before the other one comes.
  await Promise.race([untilRunning(pool, answersPerKill), answers]);
  await other.process.call('connect');
  await pool.gateway.call('untilMachines', 2);
  const closed = pool.gateway.call('untilClosed', answering.membershipId);
  await Promise.race([reached.promise, answers]);
  const killedAt = sharedMs();
  await answering.process.kill();
  const isHit = ({ arrivals }: CountedStream): boolean => (arrivals.at(-1) ?? Infinity) > killedAt;
  return { noticedMs: (await closed) - killedAt, answers: (await answers).filter(isHit) };
}

async function untilRunning(pool: PoolUnderTest, count: number): Promise<void> {
  while (((await pool.gateway.call('tunnel'))?.runs ?? 0) < count);
}

async function start(pool: PoolUnderTest, name: string): Promise<Machine> {
  const { process, memberships } = await pool.machines({
    ...{ name, count: 1, slots: 8, model: 'far', tokensPerSecond },
  });
  return { process, membershipId: memberships[0] ?? '' };
}

async function bringOnline(pool: PoolUnderTest, { process }: Machine): Promise<void> {
  await process.call('connect');
  await pool.gateway.call('untilMachines', 1);
}
