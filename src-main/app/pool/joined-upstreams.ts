import type { PoolUpstream } from '../../agent/memberships.ts';
import type { InferenceRequest } from '../../core/inference.ts';
import type { PoolModel } from '../../core/node.ts';
import type {
  OfferedModel,
  ResolvedModel,
  Scope,
  Upstream,
  UpstreamDirectory,
} from '../../gateway/ports.ts';

interface JoinedUpstreamsDeps {
  readonly memberships: {
    upstreams(): readonly PoolUpstream[];
    onChanged(listener: () => void): () => void;
  };
  /** This machine has the name itself: the pool's is `id@pool` then. */
  readonly isOwnModel: (id: string) => boolean;
  /** Epoch milliseconds; models of pools are as old as this start to API clients. */
  readonly startedAt: number;
}

interface JoinedModel {
  readonly pool: PoolUpstream;
  readonly model: PoolModel;
}

/** Pools that this app has joined: each is one upstream, whatever machines stand behind it. */
export function createJoinedUpstreams(deps: JoinedUpstreamsDeps): UpstreamDirectory {
  const { memberships, isOwnModel, startedAt } = deps;
  const offered = (pools: readonly string[]): readonly JoinedModel[] =>
    memberships.upstreams().flatMap((pool) => {
      const { mayAsk, state, news, poolId } = pool;
      if (!mayAsk || state.phase !== 'online' || !pools.includes(poolId)) return [];
      return (news?.models ?? []).map((model) => ({ pool, model }));
    });
  return {
    models: (scope) => merged(offered(visibleTo(scope)), { isOwnModel, startedAt }),
    resolve: (name, scope) => resolve(name, offered(visibleTo(scope))),
    candidates: (request) => candidates(request, offered(poolsOf(request))),
    onChanged: (listener) => memberships.onChanged(listener),
  };
}

/** Who comes in through a pool held here is not let through to another one. */
const visibleTo = ({ pools, isVisitor }: Scope): readonly string[] =>
  isVisitor === true ? [] : pools;

const poolsOf = ({ envelope }: InferenceRequest): readonly string[] =>
  visibleTo({ pools: envelope.pools ?? [], isVisitor: envelope.isVisitor === true });

function merged(
  offered: readonly JoinedModel[],
  { isOwnModel, startedAt }: Pick<JoinedUpstreamsDeps, 'isOwnModel' | 'startedAt'>,
): readonly OfferedModel[] {
  const byId = new Map<string, OfferedModel>();
  for (const { pool, model } of offered) {
    const { id, contextLength, capabilities, isReady } = model;
    const name = isOwnModel(id) || byId.has(id) ? `${id}@${pool.poolName}` : id;
    const about = { createdAt: startedAt, ownedBy: pool.poolName, contextLength, capabilities };
    byId.set(name, { id: name, ...about, isReady });
  }
  return [...byId.values()];
}

/** An id, `id@pool`, or `id@machine` where a pool has told of such a machine. */
function resolve(name: string, offered: readonly JoinedModel[]): ResolvedModel | undefined {
  if (offered.some(({ model }) => model.id === name)) return { id: name };
  for (const { pool, model } of offered) {
    if (!name.startsWith(`${model.id}@`)) continue;
    const pin = name.slice(model.id.length + 1);
    if (isNamed(pool, pin)) return { id: model.id, pin: upstreamId(pool) };
    if (hasMachine(pool, pin)) return { id: model.id, pin };
  }
  return undefined;
}

function candidates(
  { envelope: { model: id, digest, pin } }: InferenceRequest,
  offered: readonly JoinedModel[],
): readonly Upstream[] {
  return offered.flatMap(({ pool, model }) => {
    if (digest === undefined ? model.id !== id : model.digest !== digest) return [];
    if (pin === undefined || isNamed(pool, pin)) return [upstreamOf(pool, model)];
    return hasMachine(pool, pin) ? [upstreamOf(pool, model, pin)] : [];
  });
}

const upstreamId = ({ membershipId }: PoolUpstream): string => `pool:${membershipId}`;

function isNamed(pool: PoolUpstream, name: string): boolean {
  const names = [pool.poolId, upstreamId(pool), pool.poolName.toLowerCase()];
  return names.includes(name) || names.includes(name.toLowerCase());
}

function hasMachine({ news }: PoolUpstream, name: string): boolean {
  const wanted = name.toLowerCase();
  return news?.readers.some(({ machine }) => machine.toLowerCase() === wanted) ?? false;
}

function upstreamOf(pool: PoolUpstream, model: PoolModel, machine?: string): Upstream {
  const { poolId, poolName, state, backend } = pool;
  const { id, digest, contextLength, capabilities, isReady, trust } = model;
  return {
    id: upstreamId(pool),
    kind: 'pool',
    ...{ poolId, trust, machine: machine ?? poolName },
    ...(state.phase === 'online' && { epoch: state.since.toString() }),
    // The name and the machine are meant for the pool's gateway, not its name here.
    backend: {
      infer: ({ envelope: { pin: _pin, ...envelope }, ...request }, options) =>
        backend.infer(
          {
            ...request,
            envelope: { ...envelope, model: id, ...(machine !== undefined && { pin: machine }) },
          },
          options,
        ),
    },
    offer: {
      ...(digest !== undefined && { digest }),
      ...{ contextLength, capabilities },
      state: { phase: isReady ? 'ready' : 'installed' },
      // Its gateway keeps the line; how long that is, it says while a request waits there.
      ...{ busySlots: 0, waiting: 0, slotContents: [], penalties: [] },
      ...(state.phase === 'online' &&
        state.roundTripMs !== undefined && { roundTripMs: state.roundTripMs }),
    },
  };
}
