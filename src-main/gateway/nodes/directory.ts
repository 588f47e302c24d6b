import type { InferenceRequest } from '../../core/inference.ts';
import { eitherCapabilities, noCapabilities } from '../../core/model.ts';
import type { ModelCapabilities } from '../../core/model.ts';
import type {
  OfferedModel,
  ResolvedModel,
  ReturningUpstream,
  Scope,
  Upstream,
  UpstreamDirectory,
} from '../ports.ts';
import type { Fleet } from './fleet.ts';
import type { ModelEntry, ModelIndex } from './model-index.ts';

/** Pools' machines as the gateway's pipeline and router ask for them. Reads memory only. */
export function createNodeDirectory(fleet: Fleet): UpstreamDirectory {
  return {
    models: (scope) => offeredModels(fleet, scope),
    resolve: (name, scope) => resolve(fleet, name, scope),
    candidates: (request) => candidates(fleet, request),
    returning: (request) => returning(fleet, request),
    onChanged: (listener) => fleet.listen({ candidates: listener }),
  };
}

function offeredModels(fleet: Fleet, scope: Scope): readonly OfferedModel[] {
  const offered = new Map<string, OfferedModel>();
  const digests = new Set<string>();
  for (const { entry, poolName } of entriesOf(fleet, scope)) {
    const upstreams = entry.usable(scope.isVisitor === true);
    if (upstreams.length === 0) continue;
    if (entry.digest !== undefined && digests.has(entry.digest)) continue;
    const id = offered.has(entry.id) ? entry.exactId : entry.id;
    if (offered.has(id)) continue;
    if (entry.digest !== undefined) digests.add(entry.digest);
    offered.set(id, offerOf({ id, entry, poolName, upstreams }));
  }
  return [...offered.values()];
}

function* entriesOf(fleet: Fleet, scope: Scope) {
  for (const poolId of scope.pools) {
    const index = fleet.index(poolId);
    if (!index) continue;
    const poolName = fleet.poolName(poolId);
    for (const entry of index.entries()) if (isAllowed(entry, scope)) yield { entry, poolName };
  }
}

function offerOf(found: {
  readonly id: string;
  readonly entry: ModelEntry;
  readonly poolName: string;
  readonly upstreams: readonly Upstream[];
}): OfferedModel {
  const offers = found.upstreams.flatMap(({ offer }) => offer ?? []);
  const summary = summarise(found.entry);
  return {
    id: found.id,
    createdAt: found.entry.since,
    ownedBy: found.poolName,
    isReady: offers.some(({ state }) => state.phase === 'ready'),
    ...summary,
  };
}

/** What at least one machine can do with it; the router looks at each. */
export function summarise(entry: ModelEntry): {
  readonly contextLength: number;
  readonly capabilities: ModelCapabilities;
} {
  let contextLength = 0;
  let capabilities = noCapabilities;
  for (const { model } of entry.holders.values()) {
    contextLength = Math.max(contextLength, model.contextLength);
    capabilities = eitherCapabilities(capabilities, model.capabilities);
  }
  return { contextLength, capabilities };
}

/**
 * An id, another machine's id for the same weights, `id@1a2b3c4d` (first digits of the digest) or
 * `id@machine`. A model that only machines outside the scope hold is unknown.
 */
function resolve(fleet: Fleet, name: string, scope: Scope): ResolvedModel | undefined {
  for (const poolId of scope.pools) {
    const entry = fleet.index(poolId)?.find(name);
    if (entry && isVisible(entry, scope)) return { id: entry.id };
  }
  for (const poolId of scope.pools) {
    const pinned = fleet.index(poolId)?.findPinned(name);
    if (pinned && isVisible(pinned.entry, scope)) {
      return { id: pinned.entry.id, pin: pinned.machineId };
    }
  }
  return undefined;
}

const none: readonly Upstream[] = [];

function candidates(fleet: Fleet, { envelope }: InferenceRequest): readonly Upstream[] {
  const { pin } = envelope;
  const withOwn = envelope.isVisitor === true;
  let found: readonly Upstream[] = none;
  for (const entry of entriesFor(fleet, envelope)) {
    const usable = entry.usable(withOwn);
    found = found.length === 0 ? usable : [...found, ...usable];
  }
  return pin === undefined ? found : found.filter((upstream) => isPinned(upstream, pin));
}

function returning(fleet: Fleet, { envelope }: InferenceRequest): readonly ReturningUpstream[] {
  const { pin } = envelope;
  return [...entriesFor(fleet, envelope)]
    .flatMap(({ holders }) => [...holders.values()])
    .flatMap(({ machineId, upstream }) => {
      const goneMs = fleet.lostMs(machineId);
      return goneMs === undefined ? [] : [{ upstream, goneMs }];
    })
    .filter(({ upstream }) => pin === undefined || isPinned(upstream, pin));
}

/** The model in each pool that the request may see. */
function* entriesFor(fleet: Fleet, { pools = [], model }: InferenceRequest['envelope']) {
  let first: ModelEntry | undefined;
  for (const poolId of pools) {
    const index = fleet.index(poolId);
    const entry = index && entryLike(index, model, first);
    if (!entry) continue;
    first ??= entry;
    yield entry;
  }
}

/** In further pools only the very same weights will do. */
function entryLike(index: ModelIndex, model: string, first: ModelEntry | undefined) {
  if (first?.digest !== undefined) return index.byDigest(first.digest);
  const entry = index.find(model);
  return first === undefined || entry?.digest === undefined ? entry : undefined;
}

function isPinned(upstream: Upstream, pin: string): boolean {
  return upstream.id === pin || upstream.machine?.toLowerCase() === pin.toLowerCase();
}

function isVisible(entry: ModelEntry, scope: Scope): boolean {
  if (!isAllowed(entry, scope)) return false;
  if (scope.isVisitor === true) return true;
  for (const { isThisMachine } of entry.holders.values()) if (!isThisMachine) return true;
  return false;
}

/** A right names a model by any of its ids. */
export function isAllowed(entry: ModelEntry, { models }: Pick<Scope, 'models'>): boolean {
  if (models === undefined) return true;
  return models.some((id) => id === entry.id || id === entry.exactId || entry.ids.has(id));
}
