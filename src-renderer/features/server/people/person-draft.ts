import type { PoolRole } from '../../../api.ts';
import { limitDraftOf, limitProblem, limitsOf } from '../limits/limit-draft.ts';
import type { LimitDraft } from '../limits/limit-draft.ts';
import type { Account } from '../../../api.ts';

export type GivenRole = Exclude<PoolRole, 'owner'>;

const ranks: Readonly<Record<PoolRole, number>> = { viewer: 0, member: 1, admin: 2, owner: 3 };

/** The roles that somebody of this role may give: those below their own. */
export function rolesBelow(own: PoolRole | undefined): readonly GivenRole[] {
  const roles: readonly GivenRole[] = ['admin', 'member', 'viewer'];
  return roles.filter((role) => own !== undefined && ranks[role] < ranks[own]);
}

/** Whether somebody of `own` role may change somebody of `other`. */
export function mayManage(own: PoolRole | undefined, other: PoolRole): boolean {
  return own !== undefined && ranks[other] < ranks[own];
}

/** What is typed about a person. */
export interface PersonDraft {
  readonly name: string;
  readonly role: GivenRole;
  readonly limits: LimitDraft;
  /** Pools by id. */
  readonly pools: readonly string[];
}

/** `pools` are for somebody new. */
export function personDraftOf(
  person: Account | undefined,
  pools: readonly string[] = [],
): PersonDraft {
  const role = person?.role;
  return {
    name: person?.name ?? '',
    role: role === undefined || role === 'owner' ? 'member' : role,
    limits: limitDraftOf(person?.limits),
    pools: person?.pools.map(({ id }) => id) ?? pools,
  };
}

/** Why the draft cannot be kept yet; undefined when it can. */
export function personProblem({ name, limits }: PersonDraft): 'name' | 'limits' | undefined {
  if (name.trim() === '') return 'name';
  return limitProblem(limits) === undefined ? undefined : 'limits';
}

export function newPerson({ name, role, limits, pools }: PersonDraft) {
  const some = limitsOf(limits);
  return {
    ...{ name: name.trim(), role, pools: [...pools] },
    ...(some !== undefined && { limits: some }),
  };
}

/**
 * What to tell about a person who exists; limits that were emptied are taken away. Pools are told where they
 * changed: an admin need not be one in all of them.
 */
export function personChange({ name, limits, pools }: PersonDraft, person: Account) {
  const before = person.pools.map(({ id }) => id);
  const isMoved = before.length !== pools.length || before.some((id) => !pools.includes(id));
  return {
    ...{ name: name.trim(), limits: limitsOf(limits) ?? null },
    ...(isMoved && { pools: [...pools] }),
  };
}

/** Names and codes as a file that a spreadsheet opens, one person a line. */
export function codesCsv(
  made: readonly { readonly person: { readonly name: string }; readonly code: string }[],
): string {
  // A name that begins like a formula would be calculated by the program that opens the file.
  const cell = (text: string) =>
    `"${(/^[=+\-@]/u.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
  const lines = made.map(({ person, code }) => `${cell(person.name)},${cell(code)}`);
  return ['name,code', ...lines, ''].join('\r\n');
}
