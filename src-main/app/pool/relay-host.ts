import type { MachineFacts } from '../../agent/ports.ts';
import { MillpondError } from '../../core/error.ts';
import type { InferenceRequest } from '../../core/inference.ts';
import type { AdvertisedModel, NodeAdvert, NodeLoad } from '../../core/node.ts';
import type { Caller } from '../../gateway/caller.ts';
import type { InferCall } from '../../gateway/inference-gateway.ts';
import type { OfferedModel, Scope, Upstream } from '../../gateway/ports.ts';
import { wishesOf } from '../../gateway/wishes.ts';
import type { Admission, NodeHost } from '../../tunnel/ports.ts';
import type { RelayedGateway } from './relayed-gateway.ts';

interface RelayHostDeps {
  readonly machine: MachineFacts;
  readonly gateway: () => RelayedGateway | undefined;
  /** Whose requests come in: the pool that this gateway is one machine of. */
  readonly poolId: string;
  readonly now: () => number;
}

interface Relayed {
  readonly advertised: AdvertisedModel;
  readonly busySlots: number;
  readonly waiting: number;
}

/**
 * A gateway as one machine of another pool: a home pool behind a small public server. It offers every
 * model of the pools held here with the slots of all their machines together, and its own router finds
 * the one that answers. The hop list of a request keeps two such gateways from asking each other.
 */
export function createRelayHost(deps: RelayHostDeps): NodeHost {
  const { machine, gateway, now } = deps;
  const relayed = (): readonly Relayed[] => {
    const here = gateway();
    return here === undefined ? [] : relayedModels(here);
  };
  const since = now();
  return {
    advert: (): NodeAdvert => ({
      name: machine.name(),
      hardware: machine.hardware(),
      models: relayed().map(({ advertised }) => advertised),
      versions: machine.versions(),
      sharing: { phase: 'sharing', reason: '', since },
      allowedCommands: [],
    }),
    load: (): NodeLoad => ({
      models: relayed().map(({ advertised: { id, state }, busySlots, waiting }) => ({
        ...{ id, state, busySlots, waiting },
      })),
      isOwnerActive: false,
    }),
    // Which machine answers is decided here, prompt by prompt: nobody else can reckon with slots.
    slots: () => [],
    admit: (request) => admit(request, { ...deps, relayed: relayed() }),
    command: () =>
      Promise.reject(
        new MillpondError(
          'forbidden',
          `${machine.name()} passes requests on and takes no commands`,
          {
            reason: 'owner-limits',
          },
        ),
      ),
    onAdvertChanged(listener) {
      let known = '';
      const ends = [
        machine.onChanged(listener),
        gateway()?.directory.onChanged?.(() => {
          const next = JSON.stringify(relayed().map(({ advertised }) => advertised));
          if (next === known) return;
          known = next;
          listener();
        }),
      ];
      return () => {
        for (const end of ends) end?.();
      };
    },
    onSlotsChanged: () => () => {},
  };
}

function admit(
  request: InferenceRequest,
  { gateway, poolId, now, relayed }: RelayHostDeps & { readonly relayed: readonly Relayed[] },
): Admission {
  const here = gateway();
  const { digest, model } = request.envelope;
  const known = relayed.find(({ advertised }) =>
    digest === undefined || advertised.digest === undefined
      ? advertised.id === model
      : advertised.digest === digest,
  );
  if (here === undefined || known === undefined) {
    const message = `The pools behind this machine do not offer ${model}`;
    return { ok: false, failure: { code: 'forbidden', message, reason: 'owner-limits' } };
  }
  const { id } = known.advertised;
  return {
    ok: true,
    infer: ({ signal }) => here.infer(passOn(request, id, { here, poolId, signal, now })),
  };
}

function passOn(
  { envelope, input }: InferenceRequest,
  model: string,
  about: {
    readonly here: RelayedGateway;
    readonly poolId: string;
    readonly signal: AbortSignal;
    readonly now: () => number;
  },
): Parameters<InferCall>[0] {
  const { here, poolId, signal, now } = about;
  const { pin: _pin, ...wishes } = wishesOf(envelope);
  const caller: Caller = {
    kind: 'member',
    membershipId: poolId,
    // Who stands behind it, only the other pool knows: here its owner lends the machines.
    personId: here.people.ownerId,
    name: 'another pool',
    scope: scopeOf(here),
    tenant: `${poolId}/${envelope.tenant}`,
  };
  return {
    ...{ requestId: envelope.requestId, model, input, caller, signal, wishes },
    receivedAt: now(),
    client: 'Millpond',
    path: 'relay',
    streamed: true,
    ...(envelope.deadlineAt !== undefined && { deadlineAt: envelope.deadlineAt }),
  };
}

const scopeOf = ({ people }: RelayedGateway): Scope => ({
  pools: people.pools.list().map(({ id }) => id),
  isVisitor: true,
});

function relayedModels(here: RelayedGateway): readonly Relayed[] {
  const scope = scopeOf(here);
  return here.directory.models(scope).flatMap((model) => {
    const upstreams = here.directory.candidates(requestFor(model.id, scope));
    const relayed = together(model, upstreams);
    return relayed === undefined ? [] : [relayed];
  });
}

/** One model on several machines as one machine would tell of it. */
function together(model: OfferedModel, upstreams: readonly Upstream[]): Relayed | undefined {
  const offers = upstreams.flatMap(({ offer }) => offer ?? []);
  const [first] = offers;
  const { capabilities } = model;
  if (first === undefined || capabilities === undefined) return undefined;
  const sum = (of: (offer: (typeof offers)[number]) => number): number =>
    offers.reduce((total, offer) => total + of(offer), 0);
  const best = offers.toSorted(
    (a, b) => (b.rates?.decodePerSecond ?? 0) - (a.rates?.decodePerSecond ?? 0),
  )[0];
  return {
    advertised: {
      id: model.id,
      name: model.id,
      ...(first.digest !== undefined && { digest: first.digest }),
      contextLength: model.contextLength ?? first.contextLength ?? 0,
      capabilities,
      slots: sum(({ slots = 0 }) => slots),
      state: model.isReady ? { phase: 'ready' } : first.state,
      ...(best?.rates && { rates: best.rates }),
    },
    busySlots: sum(({ busySlots }) => busySlots),
    waiting: sum(({ waiting }) => waiting),
  };
}

/** Asks the directory alone; nobody is sent anything. */
function requestFor(model: string, { pools }: Scope): InferenceRequest {
  return {
    envelope: {
      ...{ requestId: '', tenant: '', caller: '', marks: [], model, pools },
      priority: 0,
      privacy: 'any',
      isVisitor: true,
    },
    input: { task: 'count', messages: [], tools: [] },
  };
}
