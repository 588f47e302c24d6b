import type { Membership } from '../contract/memberships.ts';
import { attachOrFail } from './connection.ts';
import type { VerbContext } from './verb.ts';

/** Pools that are held here, and those that this machine has joined. */
export async function pools({ deps, output }: VerbContext): Promise<void> {
  const { client } = await attachOrFail(deps);
  const held = await client.pools.list({});
  const { memberships } = await client.memberships.list({});
  if (output.isJson) {
    output.json({ pools: held.pools, reach: held.reach, memberships });
    return;
  }
  if (held.pools.length + memberships.length === 0) {
    output.line('No pool is held here and none was joined.');
    return;
  }
  output.table([
    ['POOL', 'HELD BY', 'MACHINES', 'STATE'],
    ...held.pools.map(({ name, machines, machinesOnline }) => [
      name,
      'this machine',
      `${machinesOnline.toString()} of ${machines.toString()}`,
      held.reach.candidates[0]?.address ?? 'closed',
    ]),
    ...memberships.map((membership) => [
      membership.poolName,
      membership.gatewayName,
      membership.machinesOnline.toString(),
      stateOf(membership),
    ]),
  ]);
}

function stateOf({ link, isSharing }: Membership): string {
  switch (link.phase) {
    case 'connecting':
      return 'Connecting';
    case 'online':
      return isSharing ? 'Online, sharing' : 'Online';
    case 'waiting':
      return `Waiting: ${link.problem}`;
    case 'closed':
      return link.message;
  }
}
