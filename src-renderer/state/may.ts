import type { Me, PoolRole } from '../api.ts';
import { useMe } from './me.ts';

const keepers: readonly PoolRole[] = ['owner', 'admin'];

/** Who may do what, by their role at the gateway as a whole. It checks every call; this hides what is not for them. */
const deeds = {
  makeKeysForOthers: keepers,
  managePeople: keepers,
  manageProviders: keepers,
  manageModels: keepers,
  manageConfig: keepers,
  manageAlerts: keepers,
  cancelRequests: keepers,
  readAudit: keepers,
  readEverybodysLog: ['owner', 'admin', 'viewer'],
  manageServer: ['owner'],
} as const satisfies Readonly<Record<string, readonly PoolRole[]>>;

/** Keys of one's own are made by whoever is a member of anything here. */
export type Permitted = keyof typeof deeds | 'makeKeys';

type Roles = Pick<Me, 'role' | 'gatewayRole'>;

/** Whether somebody may do it; nobody is known to before it is known who they are. */
export function mayDo(me: Roles | undefined, deed: Permitted): boolean {
  if (me === undefined) return false;
  if (deed === 'makeKeys') return me.role !== 'viewer';
  const roles: readonly PoolRole[] = deeds[deed];
  return me.gatewayRole !== undefined && roles.includes(me.gatewayRole);
}

/** Whether whoever is signed in may do it. */
export function useMay(deed: Permitted): boolean {
  return useMe(({ me }) => mayDo(me, deed));
}

/** What only some people may see; absent: everybody who sees the page. */
export interface Guarded {
  readonly may?: Permitted;
}

/** What whoever is signed in may see. */
export function useGuarded<Item extends Guarded>(items: readonly Item[]): readonly Item[] {
  const me = useMe((state) => state.me);
  if (me === undefined) return [];
  return items.filter(({ may }) => may === undefined || mayDo(me, may));
}
