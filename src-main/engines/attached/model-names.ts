import type { StoredAttachedServer } from '../ports.ts';
import type { ServedModel } from './served-model.ts';

/** A server as far as names are concerned. */
export interface NamingServer {
  readonly stored: Pick<StoredAttachedServer, 'id' | 'name' | 'names' | 'hidden'>;
  /** Also while it is unreachable: names must not move to another model then. */
  readonly models: readonly ServedModel[];
}

export interface NamedModel<Server extends NamingServer = NamingServer> {
  /** What Millpond serves it as. */
  readonly id: string;
  readonly server: Server;
  readonly model: ServedModel;
  readonly isOffered: boolean;
}

/**
 * What each model of each server is served as. A person's name wins, then the server's own; where
 * that is taken, `NAME@SERVER`. Servers come in the order in which they were attached.
 */
export function nameModels<Server extends NamingServer>(
  servers: readonly Server[],
  isTaken: (name: string) => boolean,
): readonly NamedModel<Server>[] {
  const used = new Set<string>();
  const isFree = (name: string): boolean => !used.has(name) && !isTaken(name);
  const all = servers.flatMap((server) => server.models.map((model) => ({ server, model })));
  const chosen = new Map<ServedModel, string>();
  // A person's names first, so that no default of an older server stands in their way.
  for (const { server, model } of all) {
    const name = server.stored.names[model.name];
    if (name === undefined || !isFree(name)) continue;
    used.add(name);
    chosen.set(model, name);
  }
  return all.map(({ server, model }) => {
    const id = chosen.get(model) ?? defaultName(server, model, isFree);
    used.add(id);
    return { id, server, model, isOffered: !server.stored.hidden.includes(model.name) };
  });
}

function defaultName(
  server: NamingServer,
  model: ServedModel,
  isFree: (name: string) => boolean,
): string {
  return isFree(model.name) ? model.name : pinnedName(server, model);
}

/** Always leads to this server's model, whatever others are called: `llama3@lm-studio`. */
export function pinnedName({ stored }: NamingServer, model: ServedModel): string {
  return `${model.name}@${stored.name.trim().toLowerCase().replaceAll(/\s+/g, '-')}`;
}
