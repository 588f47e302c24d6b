import { eitherCapabilities, noCapabilities } from '../../core/model.ts';
import type { ModelCapabilities } from '../../core/model.ts';
import type {
  AliasMember,
  ModelAlias,
  OfferedModel,
  ResolvedModel,
  Scope,
  UpstreamDirectory,
} from '../ports.ts';
import type { StoredAlias } from './ports.ts';

/**
 * What exists for a caller behind an alias. A list of models that names the alias itself grants its
 * members through it; otherwise each member has to stand in that list. Pools, providers and everything
 * else hold for the members as they do without an alias.
 */
export function memberScope(alias: ModelAlias, scope: Scope): Scope {
  if (scope.models?.includes(alias.name) !== true) return scope;
  const { models: _granted, ...rest } = scope;
  return rest;
}

/** The model behind a member; undefined where it does not exist for the caller, or is an alias itself. */
export function resolveMember(
  { model }: AliasMember,
  directory: UpstreamDirectory,
  scope: Scope,
): ResolvedModel | undefined {
  const resolved = directory.resolve(model, scope);
  return resolved?.alias === undefined ? resolved : undefined;
}

/** An alias none of whose members exist for a caller does not exist for them. */
export function existsFor(alias: ModelAlias, directory: UpstreamDirectory, scope: Scope): boolean {
  const within = memberScope(alias, scope);
  return alias.members.some((member) => resolveMember(member, directory, within) !== undefined);
}

/**
 * An alias in the list of models: whatever one of its members can do. Undefined without any member.
 * `models` are those of `scope`, which the caller of this has read already.
 */
export function offerOfAlias(
  alias: StoredAlias,
  directory: UpstreamDirectory,
  { scope, models }: { readonly scope: Scope; readonly models: readonly OfferedModel[] },
): OfferedModel | undefined {
  const within = memberScope(alias, scope);
  const ids = new Set(
    alias.members.flatMap((member) => resolveMember(member, directory, within)?.id ?? []),
  );
  if (ids.size === 0) return undefined;
  const all = within === scope ? models : directory.models(within);
  const members = all.filter(({ id }) => ids.has(id));
  const lengths = members.flatMap(({ contextLength }) => contextLength ?? []);
  const capabilities = unionOf(members);
  return {
    id: alias.name,
    createdAt: alias.createdAt,
    ownedBy: 'alias',
    isReady: members.some(({ isReady }) => isReady),
    ...(lengths.length > 0 && { contextLength: Math.max(...lengths) }),
    ...(capabilities && { capabilities }),
  };
}

/** Undefined as soon as one member does not say what it can do: nothing is excluded then. */
function unionOf(models: readonly OfferedModel[]): ModelCapabilities | undefined {
  let union = noCapabilities;
  for (const { capabilities } of models) {
    if (capabilities === undefined) return undefined;
    union = eitherCapabilities(union, capabilities);
  }
  return models.length === 0 ? undefined : union;
}
