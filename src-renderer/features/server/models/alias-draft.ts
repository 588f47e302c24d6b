import type { AliasView } from '../../../api.ts';

export interface MemberDraft {
  /** Stays with the member while it moves. */
  readonly key: number;
  readonly model: string;
  /** Seconds; empty: as long as it takes. */
  readonly maxQueueSeconds: string;
}

/** An alias as it is being put together. */
export interface AliasDraft {
  readonly name: string;
  readonly members: readonly MemberDraft[];
  readonly cloud: boolean;
}

export function aliasDraftOf(alias: AliasView | undefined): AliasDraft {
  if (alias === undefined) return { name: '', members: [], cloud: false };
  return {
    name: alias.name,
    cloud: alias.cloud,
    members: alias.members.map(({ model, maxQueueSeconds }, key) => ({
      ...{ key, model },
      maxQueueSeconds: maxQueueSeconds === undefined ? '' : String(maxQueueSeconds),
    })),
  };
}

export function withMember(draft: AliasDraft, model: string): AliasDraft {
  const key = Math.max(-1, ...draft.members.map((member) => member.key)) + 1;
  return { ...draft, members: [...draft.members, { key, model, maxQueueSeconds: '' }] };
}

/** The members with one at another place; places outside the list leave it as it is. */
export function moveMember(
  members: readonly MemberDraft[],
  from: number,
  to: number,
): readonly MemberDraft[] {
  const moved = members[from];
  if (moved === undefined || to < 0 || to >= members.length) return members;
  return members.toSpliced(from, 1).toSpliced(to, 0, moved);
}

const longestSeconds = 3600;

export function isQueueLimit(text: string): boolean {
  if (text.trim() === '') return true;
  const seconds = Number(text);
  return Number.isFinite(seconds) && seconds >= 0 && seconds <= longestSeconds;
}

export type AliasProblem = 'name' | 'members' | 'queue';

/** Why the alias cannot be kept yet; undefined when it can. */
export function aliasProblem({ name, members }: AliasDraft): AliasProblem | undefined {
  if (name.trim() === '') return 'name';
  if (members.length === 0) return 'members';
  return members.every(({ maxQueueSeconds }) => isQueueLimit(maxQueueSeconds))
    ? undefined
    : 'queue';
}

/** The same for the gateway. */
export function aliasOf({ name, members, cloud }: AliasDraft) {
  return {
    name: name.trim(),
    cloud,
    members: members.map(({ model, maxQueueSeconds }) => ({
      model,
      ...(maxQueueSeconds.trim() !== '' && { maxQueueSeconds: Number(maxQueueSeconds) }),
    })),
  };
}

/** Names the cloud models among the members; they are asked only where `cloud` is set. */
export function cloudMembers(
  members: readonly Pick<MemberDraft, 'model'>[],
  options: readonly { readonly id: string; readonly provider?: string }[],
): readonly { readonly model: string; readonly provider: string }[] {
  return members.flatMap(({ model }) => {
    const pinned = /@([^@]+)$/u.exec(model)?.[1];
    const provider = options.find(({ id }) => id === model)?.provider ?? pinned;
    return provider === undefined ? [] : [{ model, provider }];
  });
}
