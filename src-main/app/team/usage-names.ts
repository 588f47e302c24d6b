import type { ApiKeys } from '../../gateway/keys/api-keys.ts';
import type { People } from '../../gateway/people/create-people.ts';
import type { UsageNames } from '../../gateway/usage/usage.ts';

interface NamesDeps {
  readonly keys: Pick<ApiKeys, 'get'>;
  readonly people: Pick<People, 'nameOf' | 'pools' | 'devices'>;
}

/** What those are called whose usage is summed up. */
export function usageNames({ keys, people }: NamesDeps): UsageNames {
  return {
    key: (id) => keys.get(id)?.name,
    person: (id) => people.nameOf(id),
    machine: (upstream) => people.devices.find(upstream)?.name,
    pool: (id) => people.pools.find(id)?.name,
  };
}
