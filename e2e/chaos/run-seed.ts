import { setTimeout as sleep } from 'node:timers/promises';
import { askAndCheck } from './caller.ts';
import type { Ask, Told } from './caller.ts';
import { foreignSlots, needlessMoves, wrongAnswers, wrongBooks, wrongSeams } from './checks.ts';
import { inflict } from './faults.ts';
import { describeFault, drawPlan } from './plan.ts';
import type { Fault, Plan } from './plan.ts';
import type { GatewayMeasure, PoolBooks, SeenMachine } from './processes/messages.ts';
import { settle } from './settle.ts';
import type { Baseline } from './settle.ts';
import { forgedModel, sharedModel } from './world.ts';
import type { World } from './world.ts';

export interface SeedResult {
  readonly seed: number;
  readonly problems: readonly string[];
  /** What happened, with milliseconds since the beginning of the seed. */
  readonly history: readonly string[];
  readonly tookMs: number;
  readonly figures: SeedFigures;
  /** What the next seed in these processes is held against. */
  readonly baseline: Baseline | undefined;
}

interface SeedFigures {
  /** Answers whose machine was killed in the middle while another one had the weights. */
  readonly killed: number;
  readonly continued: number;
  /** By which the gateway's heap is larger than it was. */
  readonly grownBytes: number;
}

interface Lived {
  readonly problems: readonly string[];
  readonly figures: SeedFigures;
  readonly baseline: Baseline;
}

const noFigures: SeedFigures = { killed: 0, continued: 0, grownBytes: 0 };

/** No request of a seed takes longer, whatever happens to it. */
const answerWithinMs = 60_000;
/** Of one stalled caller: a window of the tunnel, a frame, and what is just being read. */
const stalledBytes = 512 * 1024;
/** What the others have to get through before a stalled caller reads on. */
const leastStallMs = 400;

/** One run of the suite: asks, makes things go wrong, waits until all is quiet and checks everything. */
export async function runSeed(
  world: World,
  seed: number,
  baseline: Baseline | undefined,
): Promise<SeedResult> {
  const startedAt = performance.now();
  const history: string[] = [];
  const note = (sentence: string): void => {
    history.push(
      `${Math.round(performance.now() - startedAt)
        .toString()
        .padStart(6)} ms ${sentence}`,
    );
  };
  const result = await live({ world, seed, baseline, note }).catch(
    (error: unknown): Omit<Lived, 'baseline'> => ({
      problems: [`the run itself broke off: ${String(error)}`],
      figures: noFigures,
    }),
  );
  return {
    ...{ seed, history, baseline: undefined, ...result },
    tookMs: performance.now() - startedAt,
  };
}

async function live(run: {
  readonly world: World;
  readonly seed: number;
  readonly baseline: Baseline | undefined;
  readonly note: (sentence: string) => void;
}): Promise<Lived> {
  const { world, seed, baseline, note } = run;
  const machines = world.machines.filter(({ models }) => !models.includes(forgedModel));
  const plan = drawPlan(seed, { pools: world.pools, machines: machines.map(({ name }) => name) });
  const before = await world.gateway.ask<PoolBooks[]>({ ask: 'books' });
  const lives = world.gatewayLives;
  const { told, problems, victims } = await new Turmoil(world, plan, note).run();
  const settled = await settle(world, baseline);
  note('all is quiet');
  const echoes = await echo(world, plan);
  const quiet = await settle(world, settled.baseline);
  const after = await world.gateway.ask<PoolBooks[]>({ ask: 'books' });
  const all = [...told, ...echoes];
  const found = [
    ...problems,
    ...settled.problems,
    ...wrongAnswers(told, plan),
    ...needlessMoves(told, plan),
    ...wrongAnswers(echoes, { ...plan, faults: [] }),
    ...wrongSeams([...settled.evaluated, ...quiet.evaluated], all),
    ...foreignSlots(told),
    ...foreignSlots(echoes, told),
    ...quiet.problems,
    // What was not written yet when the gateway was killed is gone.
    ...(world.gatewayLives === lives ? wrongBooks(all, before, after) : []),
    ...(await liesBelieved(world, all)),
  ];
  const killed = told.filter((each) => wasKilled(each, victims));
  return {
    problems: [...new Set(found)],
    figures: {
      killed: killed.length,
      continued: killed.filter(({ ending }) => ending === 'complete').length,
      grownBytes: quiet.measure.heapBytes - quiet.baseline.heapBytes,
    },
    baseline: quiet.baseline,
  };
}

interface Outcome {
  readonly told: readonly Told[];
  readonly problems: readonly string[];
  readonly victims: ReadonlySet<string>;
}

/** The requests of a plan and its faults, each at its token. */
class Turmoil {
  private readonly world: World;
  private readonly plan: Plan;
  private readonly note: (sentence: string) => void;
  private readonly pending: Set<Fault>;
  private readonly running: Promise<void>[] = [];
  private readonly problems: string[] = [];
  /** Machines that were killed. */
  private readonly victims = new Set<string>();

  constructor(world: World, plan: Plan, note: (sentence: string) => void) {
    this.world = world;
    this.plan = plan;
    this.note = note;
    this.pending = new Set(plan.faults);
  }

  async run(): Promise<Outcome> {
    const { asks } = this.plan;
    const stallOver = Promise.withResolvers<undefined>();
    const answers = asks.map((ask, index) => this.answer(ask, index, stallOver.promise));
    const others = answers.filter((_, index) => asks[index]?.stallsAfter === undefined);
    await Promise.all([sleep(leastStallMs), Promise.allSettled(others)]);
    await this.checkStall(asks.length - others.length);
    stallOver.resolve(undefined);
    const told = await Promise.all(answers);
    for (const fault of [...this.pending]) this.begin(fault);
    await Promise.all(this.running);
    const { problems, victims } = this;
    return { told: told.filter((each) => each !== undefined), problems, victims };
  }

  private async answer(
    ask: Ask,
    index: number,
    stallOver: Promise<void>,
  ): Promise<Told | undefined> {
    const { world } = this;
    const asked = askAndCheck(ask, {
      origin: world.origin,
      authority: world.ready.authority,
      stallOver,
      onTokens: ({ tokens, machine }) => {
        this.beginDue(index, tokens, machine);
      },
    });
    const over = new AbortController();
    const late = sleep(answerWithinMs, undefined, { signal: over.signal }).catch(() => undefined);
    const told = await Promise.race([asked, late]);
    over.abort();
    if (told === undefined) this.problems.push(`request ${ask.name} is stuck`);
    else this.note(describeEnd(told));
    this.beginDue(index, Infinity, undefined);
    return told;
  }

  private beginDue(ask: number, tokens: number, machine: string | undefined): void {
    for (const fault of this.pending) {
      if (fault.ask === ask && fault.atToken <= tokens) this.begin(fault, machine);
    }
  }

  private begin(fault: Fault, machine?: string): void {
    this.pending.delete(fault);
    if (fault.kind === 'kill-machine') this.victims.add(machine ?? fault.machine);
    this.note(`${describeFault(fault)}${machine === undefined ? '' : ` (answered by ${machine})`}`);
    this.running.push(
      inflict(fault, this.world, machine).then(
        (problem) => {
          if (problem !== undefined) this.problems.push(`${fault.kind}: ${problem}`);
          this.note(`${fault.kind} is over`);
        },
        (error: unknown) => {
          this.problems.push(`${fault.kind} could not be done: ${String(error)}`);
        },
      ),
    );
  }

  /** However much is still to come, a caller who does not read costs one window. */
  private async checkStall(stalled: number): Promise<void> {
    if (stalled === 0) return;
    const measure = await this.world.gateway
      .ask<GatewayMeasure>({ ask: 'measure' })
      .catch(() => undefined);
    if (measure === undefined || measure.bufferedBytes <= stalled * stalledBytes) return;
    this.problems.push(`a stalled caller holds ${measure.bufferedBytes} bytes in the gateway`);
  }
}

/** Each machine is asked by each pool what only the other one has asked so far. */
async function echo(world: World, { seed, beginnings }: Plan): Promise<readonly Told[]> {
  const machines = world.machines.filter(({ models }) => !models.includes(forgedModel));
  const asks = world.pools.flatMap((pool, index) =>
    machines.map(({ name: machine }): Ask => {
      const beginning = beginnings[(index + 1) % beginnings.length] ?? '';
      const model = { ...sharedModel, id: `${sharedModel.id}@${machine}` };
      const name = `echo-${pool.name}-${machine}-${seed}`;
      return { ...{ pool, model, beginning, name }, shape: { length: 4, paceMs: 0, padding: 0 } };
    }),
  );
  return Promise.all(asks.map((ask) => probe(ask, world)));
}

/** A machine that was cut off before it had begun is asked again, as its refusal says. */
async function probe(ask: Ask, world: World): Promise<Told> {
  const options = {
    ...{ origin: world.origin, authority: world.ready.authority },
    onTokens: () => {},
    stallOver: Promise.resolve(),
  };
  const told = await askAndCheck(ask, options);
  return told.ending === 'refused' ? askAndCheck(ask, options) : told;
}

/** A machine whose weights are others than it says gets no work once it was found out. */
async function liesBelieved(world: World, told: readonly Told[]): Promise<string[]> {
  const liars = world.machines.filter(({ models }) => models.includes(forgedModel));
  if (liars.length === 0) return [];
  const seen = await world.gateway.ask<SeenMachine[]>({ ask: 'overview' });
  return liars.flatMap(({ name }) => [
    ...told
      .filter(({ machine }) => machine === name)
      .map(({ ask }) => `request ${ask.name} was answered by ${name}, whose weights are forged`),
    ...seen
      .filter((machine) => machine.name === name && machine.quarantined.length === 0)
      .map(() => `${name} is not in quarantine any more`),
  ]);
}

function describeEnd({ ask, tokens, ending, code, machine, moves }: Told): string {
  const moved = moves.map(({ from, to, atToken }) => `, moved from ${from} to ${to} at ${atToken}`);
  return `${ask.name} (${ask.model.id}) ${String(ending)}${code === undefined ? '' : ` ${code}`} after ${tokens} of ${ask.shape.length} tokens by ${machine ?? 'nobody'}${moved.join('')}`;
}

/** Its machine was killed in the middle, and others had the weights. */
function wasKilled(
  { ask, moves, code, machine = '', tokens }: Told,
  victims: ReadonlySet<string>,
): boolean {
  if (ask.model.id !== sharedModel.id) return false;
  const wasLost = code === 'node-lost' && tokens > 0 && victims.has(machine);
  return wasLost || moves.some(({ from }) => victims.has(from));
}
