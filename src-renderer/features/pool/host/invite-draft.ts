import type { Invite, NodeTrust } from '../../../api.ts';

/** How often a new invite works; `any` has no limit. */
export const inviteUses = ['1', '5', '20', 'any'] as const;
export type InviteUses = (typeof inviteUses)[number];

const hourMs = 3_600_000;

/** How long a new invite works. */
export const inviteSpans = {
  hour: hourMs,
  day: 24 * hourMs,
  week: 7 * 24 * hourMs,
  month: 30 * 24 * hourMs,
  always: undefined,
} as const;
export type InviteSpan = keyof typeof inviteSpans;

/** The role that an invite gives; ownership is never given away by a link. */
export const inviteRoles = ['admin', 'member', 'viewer'] as const;
export type InviteRole = (typeof inviteRoles)[number];

/** How far a machine may be trusted with prompts. */
export const nodeTrusts: readonly NodeTrust[] = ['own', 'trusted', 'guest'];

/** An invite before it is made. */
export interface InviteDraft {
  readonly rights: Invite['rights'];
  readonly role: InviteRole;
  readonly trust: NodeTrust;
  readonly uses: InviteUses;
  readonly span: InviteSpan;
  /** Models that may be asked; undefined: all of the pool. */
  readonly models: readonly string[] | undefined;
}

/** What most people want: one friend, one machine, by tomorrow. */
export const usualInvite: InviteDraft = {
  rights: 'serve-and-ask',
  role: 'member',
  trust: 'trusted',
  uses: '1',
  span: 'day',
  models: undefined,
};

/** The call that makes the invite at `now`. */
export function inviteInput(draft: InviteDraft, poolId: string, now: number) {
  const { rights, role, trust, uses, span, models } = draft;
  const spanMs = inviteSpans[span];
  return {
    ...{ id: poolId, rights, role, trust },
    ...(uses !== 'any' && { maxUses: Number(uses) }),
    ...(spanMs !== undefined && { expiresAt: now + spanMs }),
    // Who only shares asks nothing: no list could bind it.
    models: rights === 'serve' ? [] : [...(models ?? [])],
  };
}

/** Why the draft is no invite yet, or no list of them; undefined when it is. */
export function inviteProblem(
  { rights, models }: InviteDraft,
  csv?: string,
): 'models' | 'list' | undefined {
  if (csv?.trim() === '') return 'list';
  return rights !== 'serve' && models?.length === 0 ? 'models' : undefined;
}
