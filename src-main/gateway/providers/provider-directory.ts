import { noCapabilities } from '../../core/model.ts';
import type { ModelCapabilities } from '../../core/model.ts';
import type {
  OfferedModel,
  ResolvedModel,
  Scope,
  Upstream,
  UpstreamDirectory,
  UpstreamOffer,
} from '../ports.ts';
import type { ListedModel, StoredProvider } from './ports.ts';
import type { Provider } from './provider.ts';
import { splitPinned } from './provider-names.ts';
import type { NamedModel } from './provider-names.ts';

interface DirectoryDeps {
  /** In the order in which they were added. */
  readonly providers: () => readonly Provider[];
  readonly onChanged: (listener: () => void) => () => void;
}

interface Offered {
  readonly provider: Provider;
  readonly named: NamedModel;
  /** As the router last saw it. Made once: it is asked for several times a request. */
  known?: { readonly as: StoredProvider; readonly upstream: Upstream };
}

type Reach = Scope['providers'];

/** The models of providers, for those who may reach them. */
export function createProviderDirectory(deps: DirectoryDeps): UpstreamDirectory {
  const offered = (reach: Reach): readonly Offered[] =>
    deps
      .providers()
      .filter((provider) => isReached(provider, reach))
      .flatMap((provider) =>
        provider.models.filter(({ isServed }) => isServed).map((named) => ({ provider, named })),
      );
  // Asked on every request: kept until something changes.
  const cache = new Map<Reach, ReadonlyMap<string, readonly Offered[]>>();
  deps.onChanged(() => {
    cache.clear();
  });
  const byName = (reach: Reach): ReadonlyMap<string, readonly Offered[]> => {
    const known = cache.get(reach) ?? Map.groupBy(offered(reach), ({ named }) => named.name);
    cache.set(reach, known);
    return known;
  };
  return {
    models: (scope) =>
      [...byName(scope.providers).values()].flatMap((group) => {
        const [first] = group;
        return first !== undefined && isAllowed(group, scope) ? [modelOf(first)] : [];
      }),
    model: (id, scope) => {
      const group = byName(scope.providers).get(id);
      const first = group?.[0];
      return first !== undefined && isAllowed(group ?? [], scope) ? modelOf(first) : undefined;
    },
    resolve: (name, scope) => resolve(name, scope, byName(scope.providers)),
    candidates: ({ envelope }) => {
      if (envelope.privacy === 'this-machine') return [];
      const group = byName(envelope.providers).get(envelope.model) ?? [];
      const asked = group.filter(
        ({ provider }) => envelope.pin === undefined || isPin(provider, envelope.pin),
      );
      // Who cannot answer now is asked only where nobody else could.
      const fit = asked.filter(({ provider }) => provider.isFit);
      return (fit.length > 0 ? fit : asked).map(upstreamOf);
    },
    onChanged: deps.onChanged,
  };
}

function isReached({ stored }: Provider, reach: Reach): boolean {
  if (reach === undefined || !stored.isEnabled) return false;
  return reach === 'own' || stored.access === 'everybody';
}

function resolve(
  name: string,
  scope: Scope,
  known: ReadonlyMap<string, readonly Offered[]>,
): ResolvedModel | undefined {
  const plain = known.get(name);
  if (plain !== undefined) return isAllowed(plain, scope) ? { id: name } : undefined;
  const pinned = splitPinned(name);
  if (pinned === undefined) return undefined;
  for (const group of known.values()) {
    const found = group.find(
      ({ provider, named }) =>
        isPin(provider, pinned.provider) &&
        (named.name === pinned.model || named.model.upstreamName === pinned.model),
    );
    if (found === undefined || !isAllowed([found], scope, name)) continue;
    return { id: found.named.name, pin: found.provider.upstreamId };
  }
  return undefined;
}

function isPin({ slug, upstreamId }: Provider, pin: string): boolean {
  const wanted = pin.toLowerCase();
  return wanted === slug || wanted === upstreamId;
}

/** A key may be limited to some models, by name or by pinned name. */
function isAllowed(group: readonly Offered[], { models }: Scope, asked?: string): boolean {
  if (models === undefined || (asked !== undefined && models.includes(asked))) return true;
  return group.some(
    ({ provider, named }) =>
      models.includes(named.name) || models.includes(`${named.name}@${provider.slug}`),
  );
}

function modelOf({ provider, named }: Offered): OfferedModel {
  const { contextLength } = named.model;
  const capabilities = capabilitiesOf(named.model);
  return {
    id: named.name,
    createdAt: provider.stored.createdAt,
    ownedBy: provider.slug,
    isReady: true,
    ...(contextLength !== undefined && { contextLength }),
    ...(capabilities && { capabilities }),
  };
}

function upstreamOf(offered: Offered): Upstream {
  const { provider, known } = offered;
  if (known?.as === provider.stored) return known.upstream;
  const upstream = newUpstream(offered);
  offered.known = { as: provider.stored, upstream };
  return upstream;
}

function newUpstream({ provider, named }: Offered): Upstream {
  const { contextLength } = named.model;
  const capabilities = capabilitiesOf(named.model);
  const offer: UpstreamOffer = {
    state: { phase: 'ready' },
    busySlots: 0,
    waiting: 0,
    slotContents: [],
    penalties: [],
    ...(contextLength !== undefined && { contextLength }),
    ...(capabilities && { capabilities }),
  };
  return {
    id: provider.upstreamId,
    kind: 'provider',
    speaks: [provider.preset.dialect],
    staysHere: false,
    epoch: provider.epoch,
    machine: provider.stored.name,
    trust: 'trusted',
    backend: provider.backendOf(named),
    offer,
  };
}

/** Undefined where the provider does not say: then it judges each request itself. */
function capabilitiesOf({ features }: ListedModel): ModelCapabilities | undefined {
  if (features === undefined) return undefined;
  const has = (feature: (typeof features)[number]): boolean => features.includes(feature);
  return {
    ...noCapabilities,
    chat: has('chat'),
    completion: has('chat'),
    embedding: has('embedding'),
    rerank: has('rerank'),
    tools: has('tools'),
    reasoning: has('reasoning'),
    vision: has('vision'),
  };
}
