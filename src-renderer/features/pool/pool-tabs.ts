import type { JSX } from 'react';
import type { PoolRole } from '../../api.ts';
import { AddressTab } from './host/AddressTab.tsx';
import { InvitesTab } from './host/InvitesTab.tsx';
import { JoinedTab } from './join/JoinedTab.tsx';
import { LedgerTab } from './ledger/LedgerTab.tsx';
import { MachinesTab } from './machines/MachinesTab.tsx';
import { MembersTab } from './members/MembersTab.tsx';
import { NowTab } from './overview/NowTab.tsx';
import type { HeldPlace, JoinedPlace, Place } from './places.ts';
import { SharingTab } from './sharing/SharingTab.tsx';

/** One view of a pool: the word in the address, which is also its key below `pool.tab`. */
export interface PoolTab<Shown extends Place> {
  readonly name: string;
  readonly Content: (props: {
    readonly place: Shown;
    /** One thing of the view, from the address. */
    readonly item?: string | undefined;
  }) => JSX.Element | null;
  /** Who may see it; everybody who sees the pool when absent. */
  readonly roles?: readonly PoolRole[];
}

const keepers: readonly PoolRole[] = ['owner', 'admin'];

/** Views of a pool that this gateway holds; the first one opens. */
export const heldTabs: readonly PoolTab<HeldPlace>[] = [
  { name: 'now', Content: NowTab },
  { name: 'machines', Content: MachinesTab },
  { name: 'members', Content: MembersTab },
  { name: 'invites', Content: InvitesTab, roles: keepers },
  { name: 'ledger', Content: LedgerTab },
  { name: 'address', Content: AddressTab, roles: ['owner'] },
  { name: 'machine', Content: SharingTab, roles: ['owner'] },
];

/** Views of a pool that this app has joined; the first one opens. */
export const joinedTabs: readonly PoolTab<JoinedPlace>[] = [
  { name: 'pool', Content: JoinedTab },
  { name: 'machine', Content: SharingTab },
];

/** The views that somebody of this role gets. */
export function tabsFor<Shown extends Place>(
  tabs: readonly PoolTab<Shown>[],
  role: PoolRole,
): readonly PoolTab<Shown>[] {
  return tabs.filter(({ roles }) => roles === undefined || roles.includes(role));
}
