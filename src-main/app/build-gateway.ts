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
import type { Alerts } from '../gateway/alerts/alerts.ts';
import type { AuditLog } from '../gateway/audit/audit-log.ts';
import type { ApiKeys } from '../gateway/keys/api-keys.ts';
import type { Aliases } from '../gateway/aliases/create-aliases.ts';
import type { KeyAdministration } from '../gateway/keys/key-administration.ts';
import type { ModelLimits } from '../gateway/limits/model-limits.ts';
import type { Limits } from '../gateway/limits/create-limits.ts';
import type { Providers } from '../gateway/providers/providers.ts';
import type { Usage } from '../gateway/usage/usage.ts';
import type { PriceBook } from '../gateway/usage/prices/price-book.ts';
import type { LiveHub } from '../gateway/live/live-hub.ts';
import type { Nodes } from '../gateway/nodes/nodes.ts';
import type { People } from '../gateway/people/create-people.ts';
import type { GatewayPreferences } from '../gateway/ports.ts';
import type { RouterLoad } from '../gateway/routing/router.ts';
import type { Sessions } from '../gateway/sessions/sessions.ts';
import type { SignIn } from '../gateway/sessions/sign-in.ts';
import { wishesOf } from '../gateway/wishes.ts';
import type { GatewayDeps } from './gateway-deps.ts';
import { createParts } from './gateway-parts.ts';
import type { GatewayParts } from './gateway-parts.ts';
import { createOllamaSide } from './ollama-side.ts';
import type { RelayedGateway } from './pool/relayed-gateway.ts';
import { PublicDoor } from './pool/public-door.ts';
import { createTunnelGate } from './pool/tunnel-gate.ts';

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
  readonly alerts: Alerts;
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
  const { requests, writer } = parts;
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
    ...servicesOf(deps, parts),
    door,
    ports: () => [port(), ...(second?.isOpen ? [second.port] : [])],
    ollamaPort: () => second?.state,
    onOllamaPort: (changed) => void secondListeners.add(changed),
    address: () => ({ port: port(), origin: `http://127.0.0.1:${port().toString()}` }),
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
      await writer.recover();
      stopPruning = keepRecent({
        ...{ ...parts, store: deps.stores.requestLog },
        retention: () => retentionOf(deps.preferences()),
      });
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
    },
    wantOllamaPort: (isWanted) => void second?.setWanted(isWanted),
    routes: () => server?.routes ?? [],
  };
}

/** What the parts do for others as they are. */
function servicesOf(
  { stores }: GatewayDeps,
  parts: GatewayParts,
): Omit<GatewayServices, 'door' | 'ports' | 'ollamaPort' | 'onOllamaPort' | 'address'> {
  const { requests, writer, hub, records, people, nodes, infer } = parts;
  return {
    activity: createActivity({ live: requests, writer, store: stores.requestLog }),
    ...{ people, nodes, live: hub, publish: hub.publish, routerLoad: parts.routerLoad },
    ...{ keys: parts.keys, sessions: parts.sessions, signIn: parts.signIn },
    ...{ providers: parts.providers, prices: parts.prices, usage: parts.usage },
    ...{ aliases: parts.aliases, limits: parts.limits, modelLimits: parts.modelLimits },
    ...{ administration: parts.administration, audit: parts.auditLog },
    alerts: records.watch.alerts,
    relayed: { directory: nodes.directory, infer, people },
    runningRequests: () => requests.running().length,
    onRequest: (listener) => {
      records.onRequest(listener);
    },
    windowBackend: (personId) => createWindowBackend(parts, personId),
  };
}

/** As the owner wants the log kept; 90 days and a gigabyte if nothing is said. */
function retentionOf({ logKeepDays = 90, logMaxMegabytes = 1000 }: GatewayPreferences) {
  return { keepDays: logKeepDays, maxBytes: logMaxMegabytes * 1_000_000 };
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
      nameOf: (personId) => parts.people.nameOf(personId),
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
  const { identity, publicNames: names, onArrival, proxy, certificateFiles } = pool;
  const gate = createTunnelGate({ gatewayId: identity.gatewayId, people, nodes, infer, clock });
  return new PublicDoor({
    ...{ identity, gate, server, names, onArrival, clock, logger },
    ...(proxy && { proxy }),
    ...(certificateFiles && { certificateFiles }),
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
