import type { Clock } from '../../core/clock.ts';
import type { InferenceBackend } from '../../core/inference.ts';
import type { ModelCapabilities } from '../../core/model.ts';
import type { AttachedServer } from './attached-server.ts';
import { nameModels, pinnedName } from './model-names.ts';
import type { NamedModel } from './model-names.ts';

/** A model that an attached server answers with right now. */
export interface AttachedModel {
  readonly id: string;
  readonly server: {
    readonly id: string;
    readonly name: string;
    /** Epoch milliseconds since when it answers. */
    readonly since: number;
  };
  readonly contextLength?: number;
  /** Absent where the server does not say. */
  readonly capabilities?: ModelCapabilities;
  /** Prompts reach nobody but this machine. */
  readonly staysHere: boolean;
}

/** Where the router sends requests for one model. */
export interface AttachedUpstream {
  /** The server's name. */
  readonly id: string;
  /** Another one after the server came back or was changed: older failures say nothing any more. */
  readonly epoch: string;
  readonly backend: InferenceBackend;
  readonly staysHere: boolean;
}

interface CatalogueDeps {
  readonly clock: Pick<Clock, 'monotonic'>;
  /** In the order in which they were attached. */
  readonly servers: () => readonly AttachedServer[];
  /** Whether this machine's own models answer to a name; they win. */
  readonly isTaken: (name: string) => boolean;
}

export type OfferOf = NamedModel<AttachedServer>;

/** All names at one moment, and what they were made from. */
interface Naming {
  readonly madeFrom: readonly unknown[];
  readonly madeAt: number;
  readonly offers: readonly OfferOf[];
  /** Ids, and every `NAME@SERVER` that is nobody's id. */
  readonly byName: ReadonlyMap<string, OfferOf>;
}

/** A model that comes to this machine takes its name from an attached one after this time. */
const namesLastMs = 1000;

/** The models of all attached servers under the names that they are served as. */
export class AttachedCatalogue {
  private readonly deps: CatalogueDeps;
  private naming: Naming | undefined;

  constructor(deps: CatalogueDeps) {
    this.deps = deps;
  }

  /** All of them, also those that are hidden or whose server is away. */
  named(): readonly OfferOf[] {
    return this.currentNaming().offers;
  }

  /** Models that can be asked now. */
  models(): readonly AttachedModel[] {
    return this.named().filter(isAvailable).map(describe);
  }

  /** By id, by `NAME@SERVER`, or by an Ollama name without its `:latest`. */
  find(name: string): AttachedModel | undefined {
    const offer = this.offerOf(name);
    return offer && describe(offer);
  }

  upstreamFor(name: string): AttachedUpstream | undefined {
    const offer = this.offerOf(name);
    if (offer === undefined) return undefined;
    const { id, server, model } = offer;
    return {
      id: server.stored.name,
      epoch: `${server.stored.id} ${server.state.since.toString()}`,
      backend: server.backendOf(model, id),
      staysHere: staysHere(offer),
    };
  }

  private offerOf(name: string): OfferOf | undefined {
    if (this.deps.isTaken(name)) return undefined;
    const { byName } = this.currentNaming();
    const latest = byName.get(`${name}:latest`);
    const found = byName.get(name) ?? (latest?.server.kind === 'ollama' ? latest : undefined);
    return found && isAvailable(found) ? found : undefined;
  }

  /** Made anew only when something changed: some servers list hundreds of models. */
  private currentNaming(): Naming {
    const servers = this.deps.servers();
    const madeFrom = servers.flatMap((server) => [server, server.stored, server.models]);
    const now = this.deps.clock.monotonic();
    const last = this.naming;
    const isFresh =
      last !== undefined &&
      now - last.madeAt < namesLastMs &&
      last.madeFrom.length === madeFrom.length &&
      last.madeFrom.every((part, index) => part === madeFrom[index]);
    if (isFresh) return last;
    const offers = nameModels(servers, this.deps.isTaken);
    const byName = new Map(
      offers.map((offer) => [pinnedName(offer.server, offer.model), offer] as const),
    );
    for (const offer of offers) byName.set(offer.id, offer);
    this.naming = { madeFrom, madeAt: now, offers, byName };
    return this.naming;
  }
}

function describe(offer: OfferOf): AttachedModel {
  const { id, model, server } = offer;
  return {
    ...{ id, staysHere: staysHere(offer) },
    server: { id: server.stored.id, name: server.stored.name, since: server.state.since },
    ...(model.contextLength !== undefined && { contextLength: model.contextLength }),
    ...(model.capabilities && { capabilities: model.capabilities }),
  };
}

function isAvailable({ server, isOffered }: OfferOf): boolean {
  return isOffered && server.state.phase === 'connected';
}

/** A server of this machine may still hand a model on to its maker's cloud. */
function staysHere({ server, model }: OfferOf): boolean {
  return server.staysHere && model.remoteHost === undefined;
}
