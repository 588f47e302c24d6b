import type { InferenceRequest } from '../core/inference.ts';
import { offeredModel } from '../gateway/offered-model.ts';
import type { OfferedModel, Scope, Upstream, UpstreamDirectory } from '../gateway/ports.ts';

interface UpstreamsDeps {
  /** This machine's engines and the servers attached to it. */
  readonly own: UpstreamDirectory;
  /** Machines of the pools that this gateway holds. */
  readonly nodes: UpstreamDirectory;
  /** Pools that this app has joined. */
  readonly joined: UpstreamDirectory;
  /** Cloud providers: asked for names that no machine has. */
  readonly providers: UpstreamDirectory;
  /** Of a model of this machine; undefined until it has been computed. */
  readonly digestOf: (id: string) => string | undefined;
}

/**
 * Everything that can answer, as one list: *localhost is the whole pool*. A name means this machine's
 * model first; other machines stand in for it only where they hold the very same weights. Who comes in
 * through a pool sees that pool and nothing else.
 */
export function createUpstreams({
  own,
  nodes,
  joined,
  providers,
  digestOf,
}: UpstreamsDeps): UpstreamDirectory {
  const elsewhere = [nodes, joined];
  const machinesOf = ({ isVisitor = false }: Pick<Scope, 'isVisitor'>) =>
    isVisitor ? [nodes] : [own, ...elsewhere];

  /** Nobody pays a cloud for a model that a machine has, even while that machine is away. */
  function isOnMachines({ envelope }: InferenceRequest): boolean {
    const { model, pools = [], isVisitor = false } = envelope;
    const scope: Scope = { pools, isVisitor };
    return machinesOf(scope).some((directory) => directory.resolve(model, scope) !== undefined);
  }

  function machinesFor(request: InferenceRequest): readonly Upstream[] {
    const { isVisitor, model, pin } = request.envelope;
    if (isVisitor === true) return nodes.candidates(request);
    const others = elsewhere.flatMap((directory) => directory.candidates(request));
    // Pinned to another machine: this one is not meant, even if it has the model too.
    if (pin !== undefined && others.length > 0) return others;
    const here = own.candidates(request);
    // A server of somebody else tells no digest: there the name alone says what is meant.
    if (here.every(({ kind }) => kind === 'attached')) return [...here, ...others];
    return [...here, ...sameWeights(others, request, digestOf(model))];
  }

  return {
    models(scope) {
      const byId = new Map<string, OfferedModel>();
      for (const directory of [...machinesOf(scope), providers]) {
        for (const model of directory.models(scope)) {
          if (!byId.has(model.id) && isAllowed(model.id, scope)) byId.set(model.id, model);
        }
      }
      return [...byId.values()];
    },
    model: (id, scope) =>
      isAllowed(id, scope) ? modelIn([...machinesOf(scope), providers], id, scope) : undefined,
    resolve(name, scope) {
      for (const directory of machinesOf(scope)) {
        const found = directory.resolve(name, scope);
        if (found && (isAllowed(found.id, scope) || isAllowed(name, scope))) return found;
      }
      return providers.resolve(name, scope);
    },
    candidates(request) {
      const { pin } = request.envelope;
      // A pinned name means one upstream, and only its own name tells where it is.
      if (pin !== undefined) return [...machinesFor(request), ...providers.candidates(request)];
      return isOnMachines(request) ? machinesFor(request) : providers.candidates(request);
    },
    returning: (request) => nodes.returning?.(request) ?? [],
    onChanged(listener) {
      const ends = [own, ...elsewhere, providers].map((directory) =>
        directory.onChanged?.(listener),
      );
      return () => {
        for (const end of ends) end?.();
      };
    },
  };
}

/** Most directories do not have it: their lists need not be made for that. */
function modelIn(
  directories: readonly UpstreamDirectory[],
  id: string,
  scope: Scope,
): OfferedModel | undefined {
  for (const directory of directories) {
    if (directory.resolve(id, scope) === undefined) continue;
    const model = offeredModel(directory, id, scope);
    if (model !== undefined) return model;
  }
  return undefined;
}

/** A key may be limited to some models, this machine's own included. */
function isAllowed(id: string, { models }: Scope): boolean {
  return models?.includes(id) ?? true;
}

function sameWeights(
  upstreams: readonly Upstream[],
  { envelope }: InferenceRequest,
  digest = envelope.digest,
): readonly Upstream[] {
  if (digest === undefined) return [];
  return upstreams.filter(({ offer }) => offer?.digest === digest);
}
