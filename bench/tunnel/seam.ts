import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../../src-main/testing/hub/seeded-random.ts';
import { digestOfTokens } from '../../src-main/engines/llama-cpp/slots.ts';
import { progress } from '../support/progress.ts';
import type { Section } from '../support/report.ts';
import { summarize } from '../support/stats.ts';
import { guideName } from './guide-engine.ts';
import { startMachineProcess, startPool } from './pool-under-test.ts';
import type { MachineProcess, PartOptions, PoolUnderTest } from './pool-under-test.ts';
import type { WindowAnswer, WindowAsk } from './window-ask.ts';

const killsPerRun = 4;
const maxTokens = 60;
/** Shorter answers could be over before their machine is killed. */
const leastTokens = 40;
const promptTokens = 24;
const lookMs = 20;
const mostLooks = 100;

interface Seam {
  /** The second engine evaluated the prompt, what was delivered and what it wrote itself; nothing else. */
  readonly isExact: boolean;
  /** The broken answer is the unbroken one, token for token. */
  readonly isEqual: boolean;
  /** Tokens in the usage that the caller gets, less those that it got. */
  readonly miscounted: number;
  readonly pauseMs: number;
}

/** The bundled model in two engine processes: the machine of the first is killed, the second goes on. */
export async function measureSeam({ runs, signal }: PartOptions): Promise<Section> {
  const seams = await breakAnswers(runs * killsPerRun, signal);
  const share = (is: (seam: Seam) => boolean): number =>
    (seams.filter(is).length / seams.length) * 100;
  return {
    title: `The seam of ${String(seams.length)} killed answers of the bundled model, greedy`,
    figures: [
      {
        what: 'the second engine evaluated exactly prompt and delivered tokens',
        unit: '%',
        measured: summarize([share(({ isExact }) => isExact)]),
        budget: '100 %',
      },
      {
        what: 'equal to the unbroken answer (a rate, no promise)',
        unit: '%',
        measured: summarize([share(({ isEqual }) => isEqual)]),
      },
      {
        what: 'usage equals the tokens that were delivered',
        unit: '%',
        measured: summarize([share(({ miscounted }) => miscounted === 0)]),
        budget: '100 %',
      },
      {
        what: 'pause, as the gateway tells it',
        unit: 'ms',
        measured: summarize(seams.map(({ pauseMs }) => pauseMs)),
      },
    ],
  };
}

interface Machine {
  readonly process: MachineProcess;
  readonly membershipId: string;
}

export async function breakAnswers(count: number, signal: AbortSignal): Promise<readonly Seam[]> {
  await using pool = await startPool();
  const random = seededRandom(7);
  const seams: Seam[] = [];
  let answering = await start(pool, 'guide-0');
  let next = start(pool, 'guide-1');
  try {
    await answering.process.call('connect');
    for (let index = 0; index < count; index += 1) {
      signal.throwIfAborted();
      progress(`tunnel: seam ${String(index + 1)} of ${String(count)}`);
      await pool.gateway.call('untilMachines', 1);
      const { ask, whole } = await longAnswer(pool, random);
      const other = await next;
      next = start(pool, `guide-${String(index + 2)}`);
      const atToken = 1 + Math.floor(random() * (whole.tokens.length / 2));
      const broken = await breakOne(pool, { answering, other }, { ask, atToken });
      seams.push(await compare({ whole, broken, prompt: ask.prompt }, other));
      answering = other;
    }
  } finally {
    await answering.process[Symbol.asyncDispose]();
    await (await next).process[Symbol.asyncDispose]();
  }
  return seams;
}

/** A random prompt whose answer is long enough, and that answer. */
async function longAnswer(pool: PoolUnderTest, random: () => number) {
  for (;;) {
    const prompt = Array.from({ length: promptTokens }, () => 300 + Math.floor(random() * 200));
    const ask: WindowAsk = { model: guideName, prompt, maxTokens };
    const whole = await pool.gateway.call('askAsOwner', ask);
    if (whole.tokens.length >= leastTokens) return { ask, whole };
  }
}

async function breakOne(
  pool: PoolUnderTest,
  { answering, other }: { readonly answering: Machine; readonly other: Machine },
  { ask, atToken }: { readonly ask: WindowAsk; readonly atToken: number },
): Promise<WindowAnswer> {
  const stopListening = pool.gateway.onEvent((event, tokens) => {
    if (event !== 'delivered' || Number(tokens) < atToken) return;
    stopListening();
    void answering.process.kill();
  });
  const answer = pool.gateway.call('askAsOwner', ask);
  // It was asked before there was another machine: only the first one can have taken it.
  await other.process.call('connect');
  try {
    return await answer;
  } finally {
    stopListening();
  }
}

async function compare(
  answers: {
    readonly whole: WindowAnswer;
    readonly broken: WindowAnswer;
    readonly prompt: readonly number[];
  },
  other: Machine,
): Promise<Seam> {
  const { whole, broken, prompt } = answers;
  const [move] = broken.moves;
  if (move === undefined) throw new Error('The answer was over before its machine was killed');
  // The token drawn last is never evaluated: a limit's is delivered, the model's own end is not.
  const evaluated = [...prompt, ...broken.tokens];
  const held = await reportOf(other, prompt.length + move.atToken);
  const isExact = held?.heldDigest === digestOfTokens(evaluated.slice(0, held?.heldTokens));
  if (!isExact)
    progress(
      `tunnel: not exact: ${held === undefined ? 'no report' : `holds ${String(held.heldTokens)} of ${String(evaluated.length)}`}`,
    );
  return {
    isExact,
    isEqual: whole.tokens.join() === broken.tokens.join(),
    miscounted: broken.usage.completionTokens - broken.tokens.length,
    pauseMs: move.pauseMs,
  };
}

/**
 * What the engine's slot holds once it is free. The report travels apart from the answer, so it is
 * waited for, but only until it reaches behind the seam: what it then says counts. Undefined: it never did.
 */
async function reportOf(machine: Machine, leastTokens: number) {
  for (let look = 0; look < mostLooks; look += 1) {
    const held = await machine.process.call('held');
    if (held?.heldDigest !== undefined && held.heldTokens >= leastTokens) return held;
    await sleep(lookMs);
  }
  return undefined;
}

async function start({ address }: PoolUnderTest, name: string): Promise<Machine> {
  const process = await startMachineProcess();
  return { process, membershipId: await process.call('enrolWithGuide', address, name) };
}
