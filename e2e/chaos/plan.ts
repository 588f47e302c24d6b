import type { Ask } from './caller.ts';
import { createRandom } from './random.ts';
import type { Random } from './random.ts';
import type { PoolHandle } from './world.ts';
import { loneModel, sharedModel } from './world.ts';

export const faultKinds = [
  'kill-machine',
  'kill-gateway',
  'dies-when-asked',
  'refuses-when-asked',
  'short-cut',
  'silent-cut',
  'half-open',
  'slow-line',
  'reconnect-storm',
  'clock-jump',
  'stalled-caller',
  'leaving-caller',
  'old-epoch',
  'forged-frames',
  'relayed-nonce',
  'garbage',
] as const;
export type FaultKind = (typeof faultKinds)[number];

/** Something that goes wrong while an answer runs. */
export interface Fault {
  readonly kind: FaultKind;
  /** The machine that it happens to, where it happens to one. */
  readonly machine: string;
  /** Happens when this request has so many tokens, or has ended. */
  readonly ask: number;
  readonly atToken: number;
  /** Milliseconds until it is over. */
  readonly lastsMs: number;
  /** Which of its variants; each reads it as it likes. */
  readonly variant: number;
}

/** What a seed does: the same every time, though not at the same microsecond. */
export interface Plan {
  readonly seed: number;
  readonly asks: readonly Ask[];
  readonly faults: readonly Fault[];
  /** What only the first pool says, and what only the second one does. */
  readonly beginnings: readonly string[];
}

const fewestFaults = 2;
const mostFaults = 5;

export function drawPlan(
  seed: number,
  world: { readonly pools: readonly PoolHandle[]; readonly machines: readonly string[] },
): Plan {
  const random = createRandom(seed);
  const beginnings = world.pools.map(
    ({ name }) => `seed ${seed}: a tale of ${name}, told at the pond`,
  );
  const kinds = random.some(faultKinds, random.whole(fewestFaults, mostFaults));
  const asks = [
    ...drawAsks(random, world.pools, beginnings),
    ...extraAsks(random, world.pools, beginnings, kinds),
  ];
  const faults = kinds.map((kind) => drawFault(kind, random, asks, world.machines));
  return { seed, asks, faults, beginnings };
}

/** Two for each pool and model. */
function drawAsks(
  random: Random,
  pools: readonly PoolHandle[],
  beginnings: readonly string[],
): Ask[] {
  const models = [sharedModel, sharedModel, loneModel];
  return pools.flatMap((pool, index) =>
    models.map((model, number) => ({
      ...{ pool, model, name: `${pool.name}-${number}`, beginning: beginnings[index] ?? '' },
      shape: { length: random.whole(50, 110), paceMs: random.whole(3, 6), padding: 0 },
    })),
  );
}

/** Callers that don't behave. */
function extraAsks(
  random: Random,
  pools: readonly PoolHandle[],
  beginnings: readonly string[],
  kinds: readonly FaultKind[],
): Ask[] {
  const place = random.whole(0, pools.length - 1);
  const pool = pools[place];
  if (pool === undefined) return [];
  const about = { pool, model: sharedModel, beginning: beginnings[place] ?? '' };
  const stalled: Ask = {
    ...{ ...about, name: 'stalled', stallsAfter: random.whole(1, 200) },
    // Far more than all buffers on the way hold.
    shape: { length: 6_000, paceMs: 0, padding: 400 },
  };
  const leaving: Ask = {
    ...{ ...about, name: 'leaving', leavesAfter: random.whole(1, 40) },
    shape: { length: 200, paceMs: 3, padding: 0 },
  };
  return [
    ...(kinds.includes('stalled-caller') ? [stalled] : []),
    ...(kinds.includes('leaving-caller') ? [leaving] : []),
  ];
}

function drawFault(
  kind: FaultKind,
  random: Random,
  asks: readonly Ask[],
  machines: readonly string[],
): Fault {
  // Only an answer that nobody else can go on with shows whether its machine was waited for.
  const isForLone = kind === 'short-cut';
  const places = [...asks.keys()].filter((index) => !isForLone || asks[index]?.model === loneModel);
  const ask = random.pick(places);
  const length = Math.min(asks[ask]?.shape.length ?? 1, 60);
  return {
    ...{ kind, ask },
    machine: isForLone ? (machines[0] ?? '') : random.pick(machines),
    atToken: random.whole(1, length - 10),
    lastsMs: random.whole(100, 2_800),
    variant: random.whole(0, 1_000),
  };
}

/** As the history tells it. */
export function describeFault({ kind, machine, ask, atToken, lastsMs }: Fault): string {
  return `${kind} on ${machine} for ${lastsMs} ms, when request ${ask} has ${atToken} tokens`;
}
