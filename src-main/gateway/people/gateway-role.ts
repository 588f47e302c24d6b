import type { PoolRole } from '../../core/node.ts';
import type { StoredPerson } from './ports.ts';

/** What somebody is at the gateway as a whole; undefined for whoever is somebody only in pools. */
export function gatewayRoleOf(person: StoredPerson | undefined): PoolRole | undefined {
  if (person === undefined || person.removedAt !== undefined) return undefined;
  if (person.role === 'owner') return 'owner';
  return person.hasAccount === true ? person.role : undefined;
}
