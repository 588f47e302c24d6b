import { attachOrFail } from './connection.ts';
import { pick } from './find-pool.ts';
import type { VerbContext } from './verb.ts';

/** Leaves a joined pool; running answers for it end first. */
export async function leave({ deps, output }: VerbContext, wanted?: string): Promise<void> {
  const { client } = await attachOrFail(deps);
  const { memberships } = await client.memberships.list({});
  const named = memberships.map(({ id, poolName }) => ({ id, name: poolName }));
  const { id, name } = pick(named, wanted, {
    none: 'This machine has joined no pool',
    which: 'Say which pool to leave',
  });
  await client.memberships.leave({ id });
  if (output.isJson) output.json({ left: { id, poolName: name } });
  else output.line(`This machine is not in "${name}" any more.`);
}
