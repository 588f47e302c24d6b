import type { Clock } from '../../core/clock.ts';
import { MillpondError } from '../../core/error.ts';
import type { HttpClient } from '../../core/http.ts';
import { newId } from '../../core/identity.ts';
import type {
  AttachedServerKind,
  AttachedServerStore,
  EngineLog,
  Secrets,
  StoredAttachedServer,
} from '../ports.ts';
import { AttachedCatalogue } from './attached-catalogue.ts';
import type { AttachedModel, AttachedUpstream } from './attached-catalogue.ts';
import { AttachedServer } from './attached-server.ts';
import { detectServers, probeAddress, usualAddresses } from './detect-servers.ts';
import type { DetectedServer } from './detect-servers.ts';
import { listModels, probeServer } from './probe-server.ts';
import { serverAddressOf } from './server-address.ts';
import { createServerClient } from './server-client.ts';
import {
  cleanKeys,
  cleanName,
  defaultServerName,
  mergeNames,
  refuseTwins,
} from './server-settings.ts';
import type { AttachedServerChange } from './server-settings.ts';
import { ServerRecords } from './server-records.ts';
import { viewOf } from './server-view.ts';
import type { AttachedServerView } from './server-view.ts';

export interface AttachedServersDeps {
  /** Its requests are listed as `attached-server`. */
  readonly http: HttpClient;
  /** The same for models that a server hands on to another host. */
  readonly httpTo: (host: string) => HttpClient;
  readonly clock: Clock;
  readonly log: EngineLog;
  readonly store: AttachedServerStore;
  readonly secrets: Secrets;
  /** How this computer is called in receipts. */
  readonly machineName: string;
  /** Whether this machine's own models answer to a name; they win. Asked often: must be cheap. */
  readonly isTaken: (name: string) => boolean;
  /** Whether Millpond itself answers at an address: asking itself would never end. */
  readonly isOwnAddress: (url: string) => boolean;
  /** Where `detect` looks; the usual ports of this machine if absent. */
  readonly usualAddresses?: readonly string[];
}

interface Events {
  readonly changed: (server: AttachedServerView) => void;
  readonly removed: (id: string) => void;
}

interface Asking {
  readonly signal: AbortSignal;
}

/** Servers that somebody else started, watched and offered as if their models were our own. */
export class AttachedServers {
  private readonly deps: AttachedServersDeps;
  private readonly records: ServerRecords;
  private readonly catalogue: AttachedCatalogue;
  private readonly listeners: { readonly [E in keyof Events]: Set<Events[E]> } = {
    changed: new Set(),
    removed: new Set(),
  };
  private servers: readonly AttachedServer[] = [];

  constructor(deps: AttachedServersDeps) {
    this.deps = deps;
    this.records = new ServerRecords(deps);
    this.catalogue = new AttachedCatalogue({ ...deps, servers: () => this.servers });
  }

  /** Loads them and asks each; resolves before they have answered. */
  async start(): Promise<void> {
    for (const { stored, keys, problem } of await this.records.list()) {
      const server = this.watch(stored, keys);
      this.servers = [...this.servers, server];
      // Without its keys it is shown with the reason, and not asked.
      if (problem !== undefined) server.park(problem);
      else void server.check();
    }
  }

  /** Stops asking. Answers under way are not touched. */
  dispose(): void {
    for (const server of this.servers) server.stop();
    this.servers = [];
  }

  list(): readonly AttachedServerView[] {
    const named = this.catalogue.named();
    return this.servers.map((server) => viewOf(server, named));
  }

  /** Models that can be asked now: of connected servers, and not hidden. */
  models(): readonly AttachedModel[] {
    return this.catalogue.models();
  }

  /** By id, by `NAME@SERVER`, or by an Ollama name without its `:latest`. */
  find(name: string): AttachedModel | undefined {
    return this.catalogue.find(name);
  }

  resolve(name: string): string | undefined {
    return this.find(name)?.id;
  }

  /** Undefined while nobody can answer with that model. */
  upstreamFor(modelId: string): AttachedUpstream | undefined {
    return this.catalogue.upstreamFor(modelId);
  }

  /** Servers on the usual ports of this machine that are not attached. */
  async detect(asking: Asking): Promise<readonly DetectedServer[]> {
    const attached = new Set(this.servers.map(({ stored }) => stored.url));
    const addresses = (this.deps.usualAddresses ?? usualAddresses).filter(
      (url) => !attached.has(url) && !this.deps.isOwnAddress(url),
    );
    return detectServers(addresses, { ...this.deps, ...asking });
  }

  /** What answers at an address; undefined when it is no server of models, or asks for a key. */
  async kindOf(url: string, { signal }: Asking): Promise<AttachedServerKind | undefined> {
    return (await probeAddress(serverAddressOf(url), { ...this.deps, signal }))?.kind;
  }

  /** Whether such a server is attached and answers, or answers on a usual port of this machine. */
  async isRunning(kind: AttachedServerKind, asking: Asking): Promise<boolean> {
    const isConnected = this.servers.some(
      (server) => server.kind === kind && server.state.phase === 'connected',
    );
    return isConnected || (await this.detect(asking)).some((found) => found.kind === kind);
  }

  /** Asks it for its models first. Rejects saying what answered instead; nothing is kept then. */
  async add(change: NewServer, { signal }: Asking): Promise<AttachedServerView> {
    const url = this.addressOf(change.url);
    const keys = cleanKeys(change.keys ?? []);
    const names = mergeNames({}, change.names);
    refuseTwins({ url, name: change.name }, this.stored());
    const client = createServerClient({ ...this.deps, url, key: () => keys[0] });
    const listed = await listModels(client, signal);
    const probed = await probeServer(client, listed, signal);
    const { kind } = probed;
    const name = cleanName(change.name ?? defaultServerName(kind, url, this.stored()), 'name');
    // Somebody else may have added it while it was asked.
    refuseTwins({ url, name }, this.stored());
    const hidden = change.hidden ?? [];
    const createdAt = this.deps.clock.now();
    const server = this.watch({ id: newId(), name, url, kind, names, hidden, createdAt }, keys);
    this.servers = [...this.servers, server];
    try {
      await this.records.save(server.stored, keys);
    } catch (error) {
      this.forget(server);
      throw error;
    }
    server.adopt(listed, probed);
    return this.viewOf(server);
  }

  /**
   * Keys stay with the host and port that they were given for: another address needs its own. Rejects
   * with `not-found`, `conflict` or `invalid-request`; nothing has changed then.
   */
  async update(id: string, change: AttachedServerChange): Promise<AttachedServerView> {
    const server = this.byId(id);
    const next = this.changed(server, change);
    const isElsewhere = new URL(next.url).origin !== new URL(server.stored.url).origin;
    const keys = change.keys ? cleanKeys(change.keys) : isElsewhere ? [] : undefined;
    await this.records.save(next, keys);
    if (keys === undefined && next.url === server.stored.url) {
      server.stored = next;
      this.announceAll();
      return this.viewOf(server);
    }
    const successor = this.watch(next, keys ?? (await this.records.keysOf(id)));
    server.stop();
    this.servers = this.servers.map((each) => (each === server ? successor : each));
    await successor.check();
    return this.viewOf(successor);
  }

  async remove(id: string): Promise<void> {
    const server = this.byId(id);
    await this.records.remove(id);
    this.forget(server);
    for (const listener of this.listeners.removed) listener(id);
    this.announceAll();
  }

  /** Asks all of them now: after *Local only* was turned on or off, or the computer woke up. */
  async recheck(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.checkAnew()));
  }

  on<E extends keyof Events>(event: E, listener: Events[E]): () => void {
    const listeners: Set<Events[E]> = this.listeners[event];
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }

  private watch(stored: StoredAttachedServer, keys: readonly string[]): AttachedServer {
    const server: AttachedServer = new AttachedServer({
      ...this.deps,
      ...{ stored, keys },
      onChanged: () => {
        this.announce(server);
      },
    });
    return server;
  }

  private announce(server: AttachedServer): void {
    if (!this.servers.includes(server)) return;
    const { kind, stored } = server;
    if (kind !== stored.kind) {
      server.stored = { ...stored, kind };
      void this.records.save(server.stored).catch((error: unknown) => {
        this.deps.log.warn({ server: stored.id, err: error }, 'server kind not kept');
      });
    }
    const view = this.viewOf(server);
    for (const listener of this.listeners.changed) listener(view);
  }

  /** A name that one server takes or gives up may be another's. */
  private announceAll(): void {
    for (const server of this.servers) this.announce(server);
  }

  private viewOf(server: AttachedServer): AttachedServerView {
    return viewOf(server, this.catalogue.named());
  }

  /** What a server is kept as after a change; throws what is wrong with the change. */
  private changed(server: AttachedServer, change: AttachedServerChange): StoredAttachedServer {
    const { stored } = server;
    const next: StoredAttachedServer = {
      ...stored,
      ...(change.url !== undefined && { url: this.addressOf(change.url) }),
      ...(change.name !== undefined && { name: cleanName(change.name, 'name') }),
      names: mergeNames(stored.names, change.names),
      ...(change.hidden && { hidden: change.hidden }),
    };
    refuseTwins(
      next,
      this.stored().filter(({ id }) => id !== stored.id),
    );
    for (const model of Object.keys(change.names ?? {})) {
      const name = next.names[model];
      if (name !== undefined) this.refuseTakenName(server, model, name);
    }
    return next;
  }

  private refuseTakenName(server: AttachedServer, model: string, name: string): void {
    const holder = this.catalogue.named().find(({ id }) => id === name);
    const isOwn = holder?.server === server && holder.model.name === model;
    const isPromised = Object.entries(server.stored.names).some(
      ([other, promised]) => other !== model && promised === name,
    );
    if (isOwn || !(this.deps.isTaken(name) || holder !== undefined || isPromised)) return;
    throw new MillpondError('conflict', `Another model is called '${name}'; choose another name`, {
      param: 'names',
    });
  }

  private addressOf(text: string): string {
    const url = serverAddressOf(text);
    if (!this.deps.isOwnAddress(url)) return url;
    throw new MillpondError(
      'invalid-request',
      `${url} is Millpond itself; its models are here already`,
      { param: 'url' },
    );
  }

  private stored(): readonly StoredAttachedServer[] {
    return this.servers.map(({ stored }) => stored);
  }

  private byId(id: string): AttachedServer {
    const server = this.servers.find(({ stored }) => stored.id === id);
    if (server !== undefined) return server;
    throw new MillpondError('not-found', 'This server is not attached any more');
  }

  private forget(server: AttachedServer): void {
    server.stop();
    this.servers = this.servers.filter((each) => each !== server);
  }
}

type NewServer = AttachedServerChange & { readonly url: string };
