import type { InferenceBackend } from '../../core/inference.ts';
import type { ModelCapabilities } from '../../core/model.ts';
import type { AttachedServer } from './attached-server.ts';
import { nameModels, pinnedName } from './model-names.ts';
import type { NamedModel } from './model-names.ts';

/** A model that an attached server answers with right now. */
export interface AttachedModel {
  readonly id: string;
  readonly serverName: string;
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
  /** In the order in which they were attached. */
  readonly servers: () => readonly AttachedServer[];
  /** Whether this machine's own models answer to a name; they win. */
  readonly isTaken: (name: string) => boolean;
}

export type OfferOf = NamedModel<AttachedServer>;

/** The models of all attached servers under the names that they are served as. */
export class AttachedCatalogue {
  private readonly deps: CatalogueDeps;

  constructor(deps: CatalogueDeps) {
    this.deps = deps;
  }

  /** All of them, also those that are hidden or whose server is away. */
  named(): readonly OfferOf[] {
    return nameModels(this.deps.servers(), this.deps.isTaken);
  }

  /** Models that can be asked now. */
  models(): readonly AttachedModel[] {
    return this.offered().map((offer) => ({
      id: offer.id,
      serverName: offer.server.stored.name,
      staysHere: staysHere(offer),
      ...(offer.model.contextLength !== undefined && { contextLength: offer.model.contextLength }),
      ...(offer.model.capabilities && { capabilities: offer.model.capabilities }),
    }));
  }

  /** The id behind an id, a `NAME@SERVER`, or an Ollama name without its `:latest`. */
  resolve(name: string): string | undefined {
    return this.find(name)?.id;
  }

  upstreamFor(name: string): AttachedUpstream | undefined {
    const offer = this.find(name);
    if (offer === undefined) return undefined;
    const { id, server, model } = offer;
    return {
      id: server.stored.name,
      epoch: `${server.stored.id} ${server.state.since.toString()}`,
      backend: server.backendOf(model, id),
      staysHere: staysHere(offer),
    };
  }

  private offered(): readonly OfferOf[] {
    return this.named().filter(
      ({ server, isOffered }) => isOffered && server.state.phase === 'connected',
    );
  }

  private find(name: string): OfferOf | undefined {
    if (this.deps.isTaken(name)) return undefined;
    const offered = this.offered();
    return (
      offered.find(({ id }) => id === name) ??
      offered.find(({ server, model }) => pinnedName(server, model) === name) ??
      offered.find(({ server, id }) => server.kind === 'ollama' && id === `${name}:latest`)
    );
  }
}

/** A server of this machine may still hand a model on to its maker's cloud. */
function staysHere({ server, model }: OfferOf): boolean {
  return server.staysHere && model.remoteHost === undefined;
}
