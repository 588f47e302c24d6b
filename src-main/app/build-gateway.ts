import type { ControlHandlers } from '../contract/control.ts';
import type { HttpClient } from '../core/http.ts';
import type { Clock } from '../core/clock.ts';
import { MillpondError } from '../core/error.ts';
import type { InferenceBackend } from '../core/inference.ts';
import { createActivity } from '../gateway/activity/activity.ts';
import type { Activity } from '../gateway/activity/activity.ts';
import type { LiveRequests } from '../gateway/activity/live-requests.ts';
import { keepRecent } from '../gateway/activity/keep-recent.ts';
import { createAuthenticator } from '../gateway/http/authenticate.ts';
import { listenOnLoopback } from '../gateway/http/listen.ts';
import type { Listener } from '../gateway/http/listen.ts';
import { OllamaPort } from '../gateway/http/ollama-port.ts';
import type { OllamaPortState } from '../gateway/http/ollama-port.ts';
import { createHttpServer } from '../gateway/http/server.ts';
import type { HttpServer } from '../gateway/http/server.ts';
import { defaultStreamTiming } from '../gateway/http/send-stream.ts';
import type { StreamTiming } from '../gateway/http/send-stream.ts';
import type { AuditLog } from '../gateway/audit/audit-log.ts';
import type { AuditStore } from '../gateway/audit/ports.ts';
import type { ApiKeys } from '../gateway/keys/api-keys.ts';
import type { Aliases } from '../gateway/aliases/create-aliases.ts';
import type { AliasStore } from '../gateway/aliases/ports.ts';
import type { KeyAdministration } from '../gateway/keys/key-administration.ts';
import type { ModelLimits } from '../gateway/limits/model-limits.ts';
import type { Limits } from '../gateway/limits/create-limits.ts';
import type {
  ModelLimitStore,
  QuotaStore,
  RateStore as LimitRateStore,
} from '../gateway/limits/ports.ts';
import type { ProviderStore, Secrets } from '../gateway/providers/ports.ts';
import type { Providers } from '../gateway/providers/providers.ts';
import type { PriceStore, UsageStore } from '../gateway/usage/ports.ts';
import type { Usage } from '../gateway/usage/usage.ts';
import type { PriceBook } from '../gateway/usage/prices/price-book.ts';
import type { LiveHub } from '../gateway/live/live-hub.ts';
import type {
  GatewayMachineSource,
  NodesStores,
  ProofStore,
  RateStore,
} from '../gateway/nodes/ports.ts';
import type { Nodes } from '../gateway/nodes/nodes.ts';
import type { People } from '../gateway/people/create-people.ts';
import type { GatewayIdentity } from '../gateway/people/gateway-identity.ts';
import type { PeopleStore } from '../gateway/people/ports.ts';
import type { JoinedPools } from '../gateway/people/scopes.ts';
import type {
  ApiKeyStore,
  GatewayPreferences,
  RequestLogStore,
  SessionStore,
  UpstreamDirectory,
} from '../gateway/ports.ts';
import type { ResponseStore } from '../gateway/responses/ports.ts';
import type { RouterLoad } from '../gateway/routing/router.ts';
import type { Sessions } from '../gateway/sessions/sessions.ts';
import type { SignIn } from '../gateway/sessions/sign-in.ts';
import { wishesOf } from '../gateway/wishes.ts';
import type { Logger } from '../platform/logger.ts';
import type { Arrival } from '../tunnel/reach/ports.ts';
import { createParts } from './gateway-parts.ts';
import type { GatewayParts } from './gateway-parts.ts';
import { createOllamaSide } from './ollama-side.ts';
import type { RelayedGateway } from './pool/relayed-gateway.ts';
import { PublicDoor } from './pool/public-door.ts';
import type { ProxyListen, TunnelTuning } from './pool/public-door.ts';
import { createTunnelGate } from './pool/tunnel-gate.ts';

/** What a gateway needs to hold pools, and to reach those of others. */
export interface PoolSide {
  readonly identity: GatewayIdentity;
  /** As others see this gateway. */
  readonly gatewayName: () => string;
  /** Nobody sits at this machine: the owner's password is set at the public port. */
  readonly isHeadless: boolean;
  /** Host names and addresses that lead to the public port. */
  readonly publicNames: () => readonly string[];
  /** A plain port for a reverse proxy besides the public one. */
  readonly proxy?: ProxyListen;
  /** Somebody came in over the public port. */
  readonly onArrival: (arrival: Arrival) => void;
  /** This machine as visitors of its own pools may use it. */
  readonly ownMachine: GatewayMachineSource;
  /** Pools that this app has joined. */
  readonly joined: UpstreamDirectory;
  readonly joinedPools: JoinedPools;
  /** Of a model of this machine; undefined until it has been computed. */
  readonly digestOf: (id: string) => string | undefined;
  /** From the first pool on others reach this gateway: opens the port and turns keyless off. */
  readonly beforeFirstPool: () => Promise<void>;
}

export interface GatewayDeps {
  readonly directory: UpstreamDirectory;
  readonly stores: {
    readonly keys: ApiKeyStore;
    readonly sessions: SessionStore;
    readonly requestLog: RequestLogStore;
    readonly providers: ProviderStore;
    readonly aliases: AliasStore;
    readonly prices: PriceStore;
    readonly usage: UsageStore;
    readonly limits: {
      readonly quotas: QuotaStore;
      readonly rates: LimitRateStore;
      readonly models: ModelLimitStore;
    };
    readonly people: PeopleStore;
    readonly responses: ResponseStore;
    readonly audit: AuditStore;
    readonly nodes: NodesStores & { readonly proofs: ProofStore; readonly rates: RateStore };
  };
  readonly pool: PoolSide;
  /** The way to cloud providers. */
  readonly outside: {
    readonly http: HttpClient;
    /** For addresses that callers name: it reaches the public internet only. Absent: none is asked. */
    readonly pictures?: HttpClient;
    readonly secrets: Secrets;
    /** Whether Millpond itself answers at an address. */
    readonly isOwnAddress: (url: string) => boolean;
  };
  /** Makes the control handlers; the gateway that they serve is handed in. */
  readonly handlers: (gateway: GatewayServices) => ControlHandlers;
  readonly preferences: () => GatewayPreferences;
  /** The built window. */
  readonly rendererFolder: string;
  /** Loopback port; 0 picks a free one. */
  readonly port: number;
  /** Whether a server of models answers at an address: Ollama's port is taken from nobody. Never if absent. */
  readonly isAnswered?: (url: string) => Promise<boolean>;
  readonly version: string;
  /** Who owns this machine's gateway, and the bearer that this start gave to shell and CLI. */
  readonly owner: { readonly personId: string; readonly token: string };
  readonly clock: Clock;
  readonly logger: Logger;
  /** Checks what handlers return against the contract; for tests and development. */
  readonly checkOutputs?: boolean;
  readonly timing?: Partial<StreamTiming>;
  /** How long a caller who gets one whole answer is kept waiting; 10 minutes if absent. */
  readonly deadlineMs?: number;
  /** Largest request body; 32 MiB if absent. */
  readonly maxBodyBytes?: number;
  /** Another pace of the tunnel than usual, and mutated builds: for the chaos suite. */
  readonly chaos?: {
    readonly tunnel?: TunnelTuning;
    /** Nothing of what was answered reaches the books. */
    readonly isSettlementOff?: boolean;
  };
}

/** What control handlers and the rest of the app use of the gateway. */
export interface GatewayServices {
  readonly activity: Activity;
  readonly keys: ApiKeys;
  readonly providers: Providers;
  readonly prices: PriceBook;
  readonly usage: Usage;
  readonly aliases: Aliases;
  readonly limits: Limits;
  readonly modelLimits: ModelLimits;
  readonly administration: KeyAdministration;
  readonly sessions: Sessions;
  readonly live: LiveHub;
  readonly people: People;
  readonly nodes: Nodes;
  readonly signIn: SignIn;
  readonly audit: AuditLog;
  /** Machines of the pools held here, for a pool that this gateway is one machine of. */
  readonly relayed: RelayedGateway;
  /** The public port: closed while no pool is held here. */
  readonly door: PublicDoor;
  /** Tells every open tab. */
  readonly publish: (topic: string, data: unknown) => void;
  /** Requests that run now. */
  runningRequests(): number;
  /** Answers that hold a place on some machine, and requests in line. */
  routerLoad(): RouterLoad;
  /** Calls back whenever a request begins, goes on or ends. */
  onRequest(listener: () => void): void;
  /** Every loopback port that it answers on. */
  ports(): readonly number[];
  /** What became of the wish to answer on Ollama's port too; undefined without one. */
  ollamaPort(): OllamaPortState | undefined;
  /** Calls back when that changed. */
  onOllamaPort(listener: () => void): void;
  /** The port and origin in use; port 0 before `start`. */
  address(): { readonly port: number; readonly origin: string };
  /**
   * The pipeline for the window's own chats of one person: same stages, no HTTP. Of the envelope only
   * request id, model and deadline are taken over; the rest follows from who asks.
   */
  windowBackend(personId: string): InferenceBackend;
}

export interface Gateway extends GatewayServices {
  /** Opens the loopback addresses. Rejects with `conflict` when the port is taken. */
  start(): Promise<{ readonly port: number; readonly origin: string }>;
  /** Takes no new requests, lets running ones finish for `graceMs`, then ends those that are left. */
  stop(options?: { readonly graceMs?: number }): Promise<void>;
  /** Answers on port 11434 too while nobody else does. Works after `start`. */
  wantOllamaPort(isWanted: boolean): void;
  /** The routes that exist after `start`. */
  routes(): HttpServer['routes'];
}

const defaultDeadlineMs = 10 * 60_000;
const defaultMaxBodyBytes = 32 * 1024 * 1024;

/** The whole gateway in personal mode. Reaches no engine: upstreams come in through the directory. */
export async function buildGateway(deps: GatewayDeps): Promise<Gateway> {
  const parts = await createParts(deps);
  const { keys, sessions, requests, hub, writer } = parts;
  let server: HttpServer | undefined;
  let listener: Listener | undefined;
  let stopPruning: () => void = () => {};
  let second: OllamaPort | undefined;
  const secondListeners = new Set<() => void>();
  const port = (): number => listener?.port ?? 0;

  const door = createDoor(deps, parts, () => {
    if (server === undefined) throw new MillpondError('unavailable', 'Millpond is starting');
    return server.app.server;
  });

  const services: GatewayServices = {
    activity: createActivity({ live: requests, writer, store: deps.stores.requestLog }),
    ...{ keys, sessions, door, live: hub, routerLoad: parts.routerLoad },
    ...{ providers: parts.providers, prices: parts.prices, usage: parts.usage },
    ...{ aliases: parts.aliases, limits: parts.limits },
    ...{ modelLimits: parts.modelLimits, administration: parts.administration },
    ...{ people: parts.people, nodes: parts.nodes, signIn: parts.signIn },
    audit: parts.auditLog,
    relayed: { directory: parts.nodes.directory, infer: parts.infer, people: parts.people },
    publish: hub.publish,
    runningRequests: () => requests.running().length,
    onRequest: (listener) => void parts.requestListeners.add(listener),
    ports: () => [port(), ...(second?.isOpen ? [second.port] : [])],
    ollamaPort: () => second?.state,
    onOllamaPort: (changed) => void secondListeners.add(changed),
    address: () => ({ port: port(), origin: `http://127.0.0.1:${port().toString()}` }),
    windowBackend: (personId) => createWindowBackend(parts, personId),
  };

  return {
    ...services,
    async start() {
      ({ server, listener } = await listen(deps, parts, services, {
        port,
        ollamaPort: () => (second?.isOpen ? second.port : undefined),
      }));
      second = new OllamaPort({
        server: server.app.server,
        clock: deps.clock,
        isAnswered: deps.isAnswered ?? (() => Promise.resolve(false)),
        onChanged: () => {
          for (const changed of secondListeners) changed();
        },
      });
      stopPruning = keepRecent({ ...parts, store: deps.stores.requestLog });
      parts.logger.info(services.address(), 'gateway is open');
      return services.address();
    },
    async stop({ graceMs = 0 } = {}) {
      stopPruning();
      await second?.setWanted(false);
      await listener?.stop();
      await door.close('Millpond is stopping on the machine of the pool');
      await endRunning(requests, deps.clock, graceMs);
      await server?.app.close();
      await parts.close();
      await writer.close();
    },
    wantOllamaPort: (isWanted) => void second?.setWanted(isWanted),
    routes: () => server?.routes ?? [],
  };
}

/** Opens the HTTP side on its port; `ports` tell where it really listens. */
async function listen(
  deps: GatewayDeps,
  parts: GatewayParts,
  services: GatewayServices,
  ports: { readonly port: () => number; readonly ollamaPort: () => number | undefined },
): Promise<{ readonly server: HttpServer; readonly listener: Listener }> {
  const { keys, sessions, requests } = parts;
  const handlers = deps.handlers(services);
  const server = await createHttpServer({
    ...parts,
    ...ports,
    refuse: requests.refuse,
    authenticator: createAuthenticator({
      ...{ keys, sessions },
      preferences: deps.preferences,
      ownerPersonId: deps.owner.personId,
      scopes: parts.people.scopes,
      clock: deps.clock,
    }),
    permissions: parts.people.permissions,
    publicNames: deps.pool.publicNames,
    needsSetup: parts.signIn.needsSetup,
    handlers,
    ollama: createOllamaSide({ ...deps, handlers, permissions: parts.people.permissions }),
    version: deps.version,
    rendererFolder: deps.rendererFolder,
    timing: { ...defaultStreamTiming, ...deps.timing },
    deadlineMs: deps.deadlineMs ?? defaultDeadlineMs,
    maxBodyBytes: deps.maxBodyBytes ?? defaultMaxBodyBytes,
    checkOutputs: deps.checkOutputs ?? false,
  });
  try {
    return { server, listener: await listenOnLoopback(server.app, deps.port) };
  } catch (error) {
    await server.app.close();
    throw error;
  }
}

function createDoor(
  { clock, pool, chaos }: GatewayDeps,
  { logger, people, nodes, infer }: GatewayParts,
  server: () => HttpServer['app']['server'],
): PublicDoor {
  const { identity, publicNames: names, onArrival, proxy } = pool;
  const gate = createTunnelGate({ gatewayId: identity.gatewayId, people, nodes, infer, clock });
  return new PublicDoor({
    ...{ identity, gate, server, names, onArrival, clock, logger },
    ...(proxy && { proxy }),
    ...(chaos?.tunnel && { tunnel: chaos.tunnel }),
  });
}

function createWindowBackend(
  { infer, people, clock }: GatewayParts,
  personId: string,
): InferenceBackend {
  return {
    infer: ({ envelope, input }, { signal }) =>
      infer({
        requestId: envelope.requestId,
        model: envelope.model,
        input,
        caller: { kind: 'window', personId, scope: people.scopes.of(personId) },
        signal,
        receivedAt: clock.now(),
        client: 'Millpond',
        path: '/control/chats',
        streamed: true,
        wishes: wishesOf(envelope),
        ...(envelope.deadlineAt !== undefined && { deadlineAt: envelope.deadlineAt }),
      }),
  };
}

/** What is left of the answers gets a moment to be told so. */
const farewellMs = 1000;

async function endRunning(requests: LiveRequests, clock: Clock, graceMs: number): Promise<void> {
  const idle = requests.drain();
  await Promise.race([idle, pause(clock, graceMs)]);
  requests.endAll(new MillpondError('unavailable', 'Millpond is stopping'));
  await Promise.race([idle, pause(clock, farewellMs)]);
}

function pause(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(ms, resolve);
  });
}
