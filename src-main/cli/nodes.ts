import type { PoolMachine } from '../contract/nodes.ts';
import { attachOrFail } from './connection.ts';
import { heldPool, pick } from './find-pool.ts';
import type { VerbContext } from './verb.ts';

/** The machines of pools that are held here. */
export async function nodes(
  { deps, output }: VerbContext,
  options: { readonly pool?: string },
): Promise<void> {
  const { client } = await attachOrFail(deps);
  const { pools } = await client.pools.list({});
  const wanted =
    options.pool === undefined && pools.length > 0 ? pools : [pick(pools, options.pool, heldPool)];
  const found = await Promise.all(
    wanted.map(async ({ id, name }) => ({
      ...{ id, name },
      nodes: (await client.pools.overview({ id })).machines,
    })),
  );
  if (output.isJson) {
    output.json({ pools: found });
    return;
  }
  output.table([
    ['POOL', 'MACHINE', 'OF', 'STATE', 'TRUST', 'BUSY', 'TOK/S', 'READY', 'HARDWARE'],
    ...found.flatMap(({ name, nodes: machines }) => machines.map((each) => [name, ...row(each)])),
  ]);
}

function row(machine: PoolMachine): readonly string[] {
  const { name, personName, isThisMachine, trust, busySlots, slots, hardware } = machine;
  const ready = machine.models.filter(({ state }) => state.phase === 'ready');
  return [
    isThisMachine ? `${name} (here)` : name,
    personName,
    machine.reason === '' ? machine.phase : `${machine.phase}: ${machine.reason}`,
    trust,
    `${busySlots.toString()} of ${slots.toString()}`,
    machine.tokensPerSecond.toFixed(1),
    ready.length === 0 ? '–' : ready.map(({ id }) => id).join(', '),
    hardware,
  ];
}
