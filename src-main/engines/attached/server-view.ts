import type { AttachedServerKind } from '../ports.ts';
import type { OfferOf } from './attached-catalogue.ts';
import type { AttachedServer, AttachedServerState } from './attached-server.ts';
import type { KeyView } from './key-ring.ts';

/** A server as a person sees it. */
export interface AttachedServerView {
  readonly id: string;
  readonly name: string;
  readonly url: string;
  readonly kind: AttachedServerKind;
  readonly state: AttachedServerState;
  readonly keys: readonly KeyView[];
  readonly models: readonly {
    readonly upstreamName: string;
    readonly id: string;
    readonly isOffered: boolean;
    readonly runsElsewhere: boolean;
  }[];
}

/** `named` are the models of all servers. */
export function viewOf(server: AttachedServer, named: readonly OfferOf[]): AttachedServerView {
  const { id, name, url } = server.stored;
  const models = named
    .filter((each) => each.server === server)
    .map(({ id: servedAs, model, isOffered }) => ({
      upstreamName: model.name,
      id: servedAs,
      isOffered,
      runsElsewhere: model.remoteHost !== undefined,
    }));
  const { kind, state } = server;
  return { id, name, url, kind, state, keys: server.keys.views(), models };
}
