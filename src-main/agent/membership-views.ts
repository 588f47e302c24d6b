import type { PoolModel, PoolRole } from '../core/node.ts';
import type { MembershipGrant, NearbyOffer, TunnelState } from '../tunnel/ports.ts';
import type { JoinedPoolLink } from './joined-pool-link.ts';
import type { Invite } from './ports.ts';

/** A joined pool as the window shows it. */
export interface MembershipView extends Omit<MembershipGrant, 'membershipId'> {
  readonly id: string;
  readonly isSharing: boolean;
  readonly offersPools: boolean;
  readonly link: LinkView;
  readonly joinedAt: number;
  readonly machinesOnline: number;
  readonly models: readonly JoinedModelView[];
  readonly readers: readonly { readonly machine: string; readonly person: string }[];
  readonly addresses: readonly string[];
}

export type LinkView =
  | { readonly phase: 'connecting'; readonly since: number }
  | Extract<TunnelState, { phase: 'online' | 'waiting' }>
  | { readonly phase: 'closed'; readonly reason: string; readonly message: string };

/** `id` as it is asked for here. */
export type JoinedModelView = PoolModel;

export interface InvitePreview {
  readonly poolName: string;
  readonly gatewayName: string;
  readonly ownerName: string;
  readonly addresses: readonly string[];
  readonly fingerprintWords?: readonly string[];
  readonly host?: string;
  readonly rights: Invite['rights'];
  readonly role: PoolRole;
  readonly expiresAt?: number;
  readonly isAlreadyJoined: boolean;
}

export type NearbyView = Omit<NearbyOffer, 'gateway'> & { readonly isAlreadyJoined: boolean };

export function membershipView(
  link: JoinedPoolLink,
  isOwnModel: (id: string) => boolean,
): MembershipView {
  const { membershipId, gateway, epoch: _epoch, ...pool } = link.pool();
  const news = link.news();
  const isOnline = link.state().phase === 'online';
  return {
    ...pool,
    id: membershipId,
    poolName: news?.poolName ?? pool.poolName,
    link: linkView(link.state(), pool.joinedAt),
    // What was offered before the link was lost is known, but not there now.
    machinesOnline: isOnline ? (news?.machinesOnline ?? 0) : 0,
    models: (news?.models ?? []).map((model) => ({
      ...model,
      ...(!isOnline && { machines: 0, isReady: false }),
      id: isOwnModel(model.id) ? `${model.id}@${pool.poolName}` : model.id,
    })),
    readers: news?.readers ?? [],
    addresses: gateway.candidates,
  };
}

/** Before its first attempt a link is about to connect. */
function linkView(state: TunnelState, joinedAt: number): LinkView {
  switch (state.phase) {
    case 'idle':
      return { phase: 'connecting', since: joinedAt };
    case 'closed':
      return {
        phase: 'closed',
        reason: state.reason ?? 'closed',
        message: state.message ?? 'This app is not connected to the pool any more',
      };
    default:
      return state;
  }
}

export function invitePreview(
  { secret: _secret, gateway, ...invite }: Invite,
  about: { readonly words: readonly string[] | undefined; readonly isAlreadyJoined: boolean },
): InvitePreview {
  const { words, isAlreadyJoined } = about;
  return {
    ...invite,
    addresses: gateway.candidates,
    ...(words !== undefined && { fingerprintWords: words }),
    ...(gateway.trust.kind === 'webpki' && { host: gateway.trust.host }),
    isAlreadyJoined,
  };
}
