import type { ApiKey } from '../contract/server.ts';
import { attachOrFail } from './connection.ts';
import { pick } from './find-pool.ts';
import { endOf } from './moments.ts';
import type { VerbContext } from './verb.ts';

export interface NewKeyOptions {
  readonly pool?: string;
  readonly models?: readonly string[];
  readonly privacy?: 'this-machine' | 'trusted' | 'any';
  /** Milliseconds from now; infinite: never. */
  readonly expires?: number;
}

/** The API keys of this gateway; never the keys themselves. */
export async function listKeys({ deps, output }: VerbContext): Promise<void> {
  const { client } = await attachOrFail(deps);
  const { keys } = await client.server.status({});
  if (output.isJson) output.json({ keys });
  else if (keys.length === 0)
    output.line('There is no key; `millpond keys create NAME` makes one.');
  else output.table([['NAME', 'BEGINS WITH', 'MADE', 'USED', 'MODELS'], ...keys.map(row)]);
}

/** Makes a key and prints it, the only time that it is shown. */
export async function createKey(
  { deps, output }: VerbContext,
  name: string,
  { pool, models, privacy, expires }: NewKeyOptions,
): Promise<void> {
  const { client } = await attachOrFail(deps);
  const expiresAt = endOf(expires);
  const poolId = pool === undefined ? undefined : await findPoolId(client, pool);
  const { key, record } = await client.server.createKey({
    name,
    ...(poolId !== undefined && { poolId }),
    ...(models !== undefined && { models: [...models] }),
    ...(privacy !== undefined && { privacy }),
    ...(expiresAt !== undefined && { expiresAt }),
  });
  if (output.isJson) {
    output.json({ key, record });
    return;
  }
  output.line(key);
  output.remark('Keep it now: it is not shown again.');
}

/** Revokes a key by name, by its first characters or by id. */
export async function revokeKey({ deps, output }: VerbContext, wanted: string): Promise<void> {
  const { client } = await attachOrFail(deps);
  const { keys } = await client.server.status({});
  const byPrefix = keys.find(({ prefix }) => prefix === wanted);
  const { id, name } =
    byPrefix ??
    pick(keys, wanted, {
      none: 'There is no key to revoke',
      which: 'Several keys are called so; give one of these ids',
    });
  await client.server.revokeKey({ id });
  if (output.isJson) output.json({ revoked: { id, name } });
  else output.line(`The key "${name}" does not work any more.`);
}

type Client = Awaited<ReturnType<typeof attachOrFail>>['client'];

/** Held here or joined: a key may be good for either. */
async function findPoolId(client: Client, wanted: string): Promise<string> {
  const { pools } = await client.pools.list({});
  const { memberships } = await client.memberships.list({});
  const joined = memberships.map(({ poolId, poolName }) => ({ id: poolId, name: poolName }));
  return pick([...pools, ...joined], wanted, {
    none: 'No pool is held here and none was joined',
    which: 'Several pools are called so; give one of these ids',
  }).id;
}

function row({ name, prefix, createdAt, lastUsedAt, models }: ApiKey): readonly string[] {
  const day = (at: number): string => new Date(at).toISOString().slice(0, 10);
  return [
    name,
    prefix,
    day(createdAt),
    lastUsedAt === undefined ? 'never' : day(lastUsedAt),
    models === undefined ? 'all' : models.join(', '),
  ];
}
