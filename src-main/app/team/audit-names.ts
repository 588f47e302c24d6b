import type { AuditNames } from '../../gateway/audit/ports.ts';
import type { ApiKeys } from '../../gateway/keys/api-keys.ts';
import type { People } from '../../gateway/people/create-people.ts';

interface AuditNamesDeps {
  readonly people: Pick<People, 'devices' | 'nameOf' | 'pools'>;
  readonly keys: Pick<ApiKeys, 'get'>;
  readonly providerName: (id: string) => string | undefined;
}

/** What the audit log calls the things that calls are about. */
export function createAuditNames({ people, keys, providerName }: AuditNamesDeps): AuditNames {
  return {
    nameOf(section, id) {
      switch (section) {
        case 'people':
          return people.nameOf(id);
        case 'server':
          return keys.get(id)?.name;
        case 'pools':
          return people.pools.find(id)?.name ?? people.devices.find(id)?.name;
        case 'providers':
          return providerName(id);
        default:
          return undefined;
      }
    },
  };
}
