import { request as sendRequest } from 'node:http';
import type { OutgoingHttpHeaders } from 'node:http';
import { buildGateway } from '../app/build-gateway.ts';
import type { Gateway, GatewayServices } from '../app/build-gateway.ts';
import type { GatewayDeps } from '../app/gateway-deps.ts';
import { contract } from '../contract/control.ts';
import type { ControlHandlers } from '../contract/control.ts';
import { MillpondError } from '../core/error.ts';
import type { HttpClient } from '../core/http.ts';
import type { InferenceBackend } from '../core/inference.ts';
import type { ModelCapabilities } from '../core/model.ts';
import type { OfferedModel, Upstream, UpstreamDirectory } from '../gateway/ports.ts';
import type { Logger } from '../platform/logger.ts';
import { systemClock } from '../platform/system-clock.ts';
import { createMemoryStores, ownerPersonId } from './memory-stores.ts';
import type { MemoryStores } from './memory-stores.ts';
import { noPools } from './no-pools.ts';

export const ownerToken = 'owner-token-of-this-start';
export { ownerPersonId } from './memory-stores.ts';

export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLogger,
};

export const everyCapability: ModelCapabilities = {
  chat: true,
  completion: true,
  embedding: true,
  rerank: true,
  tools: true,
  reasoning: true,
  vision: false,
  continuation: true,
};

export function offeredModel(id: string, fields: Partial<OfferedModel> = {}): OfferedModel {
  return {
    id,
    createdAt: 1_700_000_000_000,
    ownedBy: 'this-machine',
    capabilities: everyCapability,
    isReady: true,
    ...fields,
  };
}

/** A directory over fixed models; every model is answered by the given upstreams. */
export function directoryOf(
  models: readonly OfferedModel[],
  upstreams: readonly Upstream[],
  aliases: Readonly<Record<string, string>> = {},
): UpstreamDirectory {
  return {
    models: () => models,
    resolve: (name) => {
      const id = aliases[name] ?? name;
      return models.some((model) => model.id === id) ? { id } : undefined;
    },
    candidates: () => upstreams,
  };
}

export function localUpstream(backend: InferenceBackend, id = 'local'): Upstream {
  return { id, kind: 'local', backend };
}

export interface GatewayFixture {
  readonly gateway: Gateway;
  readonly stores: MemoryStores;
  readonly port: number;
  readonly origin: string;
  /** Plain HTTP without a client's own ideas about headers. */
  readonly send: (request: RawRequest) => Promise<RawResponse>;
  readonly post: (
    path: string,
    body: unknown,
    headers?: OutgoingHttpHeaders,
  ) => Promise<RawResponse>;
}

interface RawRequest {
  readonly method?: string;
  readonly path: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | Uint8Array;
  readonly host?: string;
}

export interface RawResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  json(): unknown;
}

/** A real gateway on a free port. The caller stops it. */
export async function startGateway(
  backend: InferenceBackend,
  changes: Partial<GatewayDeps> = {},
): Promise<GatewayFixture> {
  const stores = createMemoryStores();
  const gateway = await buildGateway({
    pool: noPools,
    directory: directoryOf([offeredModel('guide')], [localUpstream(backend)], { tutor: 'guide' }),
    stores,
    outside: nothingOutside,
    handlers: fixtureHandlers,
    preferences: () => ({ keyless: true }),
    rendererFolder: '/nonexistent',
    port: 0,
    version: '0.0.0-test',
    owner: { personId: ownerPersonId, token: ownerToken },
    clock: systemClock,
    logger: silentLogger,
    checkOutputs: true,
    ...changes,
  });
  const { port, origin } = await gateway.start();
  const send = (request: RawRequest): Promise<RawResponse> => exchange(port, request);
  return {
    gateway,
    stores,
    port,
    origin,
    send,
    post: (path, body, headers = {}) =>
      send({
        method: 'POST',
        path,
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json', ...headers },
      }),
  };
}

/** No provider is asked: tests that want one hand in their own. */
const noWayOut: HttpClient = {
  request: () => Promise.reject(new MillpondError('unavailable', 'No way out of this test')),
};

export const nothingOutside: GatewayDeps['outside'] = {
  http: noWayOut,
  outgoing: { client: () => noWayOut, publicClient: () => noWayOut },
  environment: {},
  secrets: { read: () => Promise.resolve(undefined), write: () => Promise.resolve() },
  isOwnAddress: () => false,
};

function exchange(port: number, request: RawRequest): Promise<RawResponse> {
  const { method = 'GET', path, headers = {}, body, host = '127.0.0.1' } = request;
  return new Promise((resolve, reject) => {
    // Node frames the body of a DELETE only when it is told its length.
    const framing = body !== undefined && { 'content-length': Buffer.byteLength(body) };
    const outgoing = sendRequest(
      { host, port, method, path, headers: { ...headers, ...framing }, agent: false },
      (incoming) => {
        const pieces: Buffer[] = [];
        incoming.on('data', (piece: Buffer) => pieces.push(piece));
        incoming.on('error', reject);
        incoming.on('end', () => {
          const text = Buffer.concat(pieces).toString('utf8');
          resolve({
            status: incoming.statusCode ?? 0,
            headers: incoming.headers,
            text,
            json: (): unknown => JSON.parse(text),
          });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** Sessions and activity really work; every other call refuses, which tests of access don't mind. */
export function fixtureHandlers(gateway: GatewayServices): ControlHandlers {
  const refuse = (): never => {
    throw new MillpondError('not-found', 'not part of this fixture');
  };
  const sections = Object.entries(contract).map(([name, section]) => [
    name,
    Object.fromEntries(Object.keys(section).map((call) => [call, refuse])),
  ]);
  // Built from the contract's own keys, so every handler is there.
  const refusals = Object.fromEntries(sections) as unknown as ControlHandlers;
  return {
    ...refusals,
    session: {
      ...refusals.session,
      open: ({ code }) => gateway.sessions.open(code),
      close: async (_input, { sessionId }) => {
        await gateway.sessions.close(sessionId);
        return {};
      },
      createCode: (_input, { personId }) => ({ code: gateway.sessions.createCode(personId) }),
    },
    // A gateway without a library.
    models: { ...refusals.models, list: () => ({ models: [] }) },
    activity: {
      list: (query) => gateway.activity.list(query),
      get: ({ id }) => gateway.activity.get(id),
      cancel: ({ id }) => {
        gateway.activity.cancel(id);
        return {};
      },
    },
  };
}
