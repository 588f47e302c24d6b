import { setTimeout as sleep } from 'node:timers/promises';
import type {
  Evaluated,
  GatewayMeasure,
  MachineMeasure,
  SeenMachine,
} from './processes/messages.ts';
import type { World } from './world.ts';

/** What is held against the gateway after a run, taken when its process was young. */
export interface Baseline {
  readonly life: number;
  readonly timers: number;
  readonly heapBytes: number;
}

export interface Settled {
  readonly problems: readonly string[];
  readonly baseline: Baseline;
  readonly measure: GatewayMeasure;
  readonly evaluated: readonly (Evaluated & { readonly machine: string })[];
}

const settleWithinMs = 30_000;
const lookEveryMs = 40;
/** Batches that wait to be written, canaries, a certificate: nothing that grows. */
const spareTimers = 10;
/** Logs and histories of a young process fill up to their limits. */
const spareHeapBytes = 24 * 1024 ** 2;

/** Everything goes again; resolves when all is quiet, or with what is not. */
export async function settle(world: World, known: Baseline | undefined): Promise<Settled> {
  const evaluated: (Evaluated & { readonly machine: string })[] = [];
  await Promise.all(
    world.machines.map(async (machine) => {
      machine.relay.heal();
      await world.revive(machine);
      await machine.child.ask({ ask: 'die-when-asked', isArmed: false });
      await machine.child.ask({ ask: 'refuse-answers', isRefusing: false });
    }),
  );
  const deadline = performance.now() + settleWithinMs;
  for (;;) {
    const measure = await world.gateway.ask<GatewayMeasure>({ ask: 'measure' });
    const { gatewayLives: life } = world;
    const baseline =
      known?.life === life ? known : { life, timers: measure.timers, heapBytes: measure.heapBytes };
    const problems = [
      ...gatewayLeftovers(measure, baseline, world),
      ...ghosts(await world.gateway.ask({ ask: 'overview' }), world),
      ...(await machineLeftovers(world, evaluated)),
    ];
    if (problems.length === 0 || performance.now() > deadline) {
      return { problems, measure, evaluated, baseline };
    }
    await sleep(lookEveryMs);
  }
}

function gatewayLeftovers(
  measure: GatewayMeasure,
  { timers, heapBytes }: Baseline,
  { machines, pools }: World,
): string[] {
  const { answering, waiting, requests, runs, calls, bufferedBytes, links } = measure;
  const left = { answering, waiting, requests, runs, calls, bufferedBytes };
  const expected = machines.length * pools.length;
  return [
    ...Object.entries(left).flatMap(([name, count]) =>
      count === 0 ? [] : [`the gateway still has ${name}: ${count}`],
    ),
    ...(links === expected ? [] : [`${links} links are there instead of ${expected}`]),
    ...(measure.timers > timers + spareTimers
      ? [`${measure.timers} timers wait, ${timers} did at the start`]
      : []),
    ...(measure.heapBytes > heapBytes + spareHeapBytes
      ? [`the gateway's heap has grown from ${mib(heapBytes)} to ${mib(measure.heapBytes)}`]
      : []),
  ];
}

/** What members see of machines is how they are. */
function ghosts(seen: readonly SeenMachine[], { machines, pools }: World): string[] {
  return pools.flatMap(({ id, name: pool }) =>
    machines.flatMap(({ name }) => {
      const found = seen.filter((machine) => machine.poolId === id && machine.name === name);
      const [first] = found;
      if (found.length !== 1 || first === undefined) {
        return [`${pool} lists ${name} ${found.length} times`];
      }
      const { phase, busySlots } = first;
      return [
        ...(phase === 'online' ? [] : [`${pool} says that ${name} is ${phase}`]),
        ...(busySlots === 0 ? [] : [`${pool} says that ${name} has ${busySlots} busy slots`]),
      ];
    }),
  );
}

async function machineLeftovers(
  { machines }: World,
  evaluated: (Evaluated & { readonly machine: string })[],
): Promise<string[]> {
  const problems = await Promise.all(
    machines.map(async ({ name, child }) => {
      const measure = await child.ask<MachineMeasure>({ ask: 'measure' });
      evaluated.push(...measure.evaluated.map((each) => ({ ...each, machine: name })));
      const { answering, slotsInUse, links } = measure;
      return [
        ...(answering === 0 ? [] : [`${name} still answers ${answering} requests`]),
        ...(slotsInUse === 0 ? [] : [`${slotsInUse} slots of ${name} are stuck`]),
        ...links.flatMap((phase) => (phase === 'online' ? [] : [`a link of ${name} is ${phase}`])),
      ];
    }),
  );
  return problems.flat();
}

function mib(bytes: number): string {
  return `${(bytes / 1024 ** 2).toFixed(1)} MiB`;
}
