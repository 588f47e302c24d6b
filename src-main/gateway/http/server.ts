import type { IncomingMessage } from 'node:http';
import Fastify from 'fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ControlHandlers } from '../../contract/control.ts';
import type { Clock } from '../../core/clock.ts';
import { newId } from '../../core/identity.ts';
import type { Logger } from '../../platform/logger.ts';
import type { LiveRequests } from '../activity/live-requests.ts';
import type { InferCall } from '../inference-gateway.ts';
import type { LiveHub } from '../live/live-hub.ts';
import type { GatewayMetrics } from '../metrics.ts';
import type { UpstreamDirectory } from '../ports.ts';
import type { Responses } from '../responses/responses.ts';
import type { Sessions } from '../sessions/sessions.ts';
import type { AuditTrail } from '../audit/audit-trail.ts';
import type { Permissions } from '../people/permissions.ts';
import { guardRoutes } from './access.ts';
import type { PublicAccess } from './access.ts';
import type { Authenticator } from './authenticate.ts';
import { answerBrokenRequest } from './broken-request.ts';
import { registerControlRoutes } from './control-routes.ts';
import { isBodyTooLarge, sendError } from './http-errors.ts';
import { registerInferenceRoutes } from './inference-routes.ts';
import { registerLiveSocket } from './live-socket.ts';
import { registerMediaRoutes } from './media-routes.ts';
import { registerModelRoutes } from './model-routes.ts';
import { registerOllamaRoutes } from './ollama-routes.ts';
import type { OllamaRoutesDeps } from './ollama-routes.ts';
import { drainRefusedBody } from './refused-body.ts';
import { securityHeaders } from './security-headers.ts';
import type { StreamTiming } from './send-stream.ts';
import { proxyOf, withoutBasePath } from './proxied.ts';
import { registerProxyRoutes } from './proxy-routes.ts';
import { readJsonBodies } from './raw-request.ts';
import { registerResponseRoutes } from './response-routes.ts';
import { registerServiceRoutes } from './service-routes.ts';
import { registerStaticFiles } from './static-files.ts';
import { collectRoutes, refuseUnknown } from './unknown-address.ts';
import type { KnownRoute } from './unknown-address.ts';

export interface ServerDeps extends PublicAccess {
  readonly infer: InferCall;
  readonly refuse: LiveRequests['refuse'];
  readonly directory: UpstreamDirectory;
  readonly responses: Responses;
  readonly authenticator: Authenticator;
  readonly handlers: ControlHandlers;
  readonly sessions: Sessions;
  readonly hub: LiveHub;
  readonly metrics: GatewayMetrics;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly version: string;
  /** The built window. */
  readonly rendererFolder: string;
  readonly timing: StreamTiming;
  readonly deadlineMs: number;
  readonly maxBodyBytes: number;
  /** Checks what control handlers return; for tests and development. */
  readonly checkOutputs: boolean;
  /** The port that the server really listens on. */
  readonly port: () => number;
  /** Ollama's port while the server listens there too. */
  readonly ollamaPort?: () => number | undefined;
  /** What clients of Ollama may know and do beside asking models; absent: nothing. */
  readonly ollama?: Pick<OllamaRoutesDeps, 'files' | 'pulls'>;
  /** Who may make which control call and hear what; absent: the owner alone. */
  readonly permissions?: Pick<Permissions, 'check' | 'mayHear'>;
  /** Writes down control calls; absent: nothing does. */
  readonly audit?: AuditTrail;
}

export interface HttpServer {
  readonly app: FastifyInstance;
  /** Every route there is, for those who check them. */
  readonly routes: readonly KnownRoute[];
}

const maxHeaderBytes = 16 * 1024;
const headersWithinMs = 10_000;
const requestWithinMs = 60_000;

/** Puts the gateway's HTTP side together. It does not listen yet. */
export async function createHttpServer(deps: ServerDeps): Promise<HttpServer> {
  const app = Fastify({
    bodyLimit: deps.maxBodyBytes,
    genReqId: () => newId(),
    // Ids come from here alone: a caller's own could be anything.
    requestIdHeader: false,
    requestTimeout: requestWithinMs,
    http: {
      maxHeaderSize: maxHeaderBytes,
      headersTimeout: headersWithinMs,
      noDelay: true,
    },
    forceCloseConnections: true,
    clientErrorHandler: answerBrokenRequest,
    // An address that cannot be decoded fails before any hook runs.
    frameworkErrors: (error, request, reply) => {
      void reply.header('x-request-id', request.id).headers(securityHeaders);
      sendError(request, reply, error, deps.logger);
    },
    rewriteUrl: (request) => belowBasePath(request),
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 1000 },
  });
  const routes = collectRoutes(app);
  app.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id).headers(securityHeaders);
    if (request.headers.upgrade !== undefined) endRefusedUpgrade(request, reply);
    done();
  });
  guardRoutes(app, deps);
  app.setErrorHandler((error, request, reply) => {
    if (isBodyTooLarge(error)) drainRefusedBody(request, reply);
    sendError(request, reply, error, deps.logger);
  });
  app.setNotFoundHandler((request, reply) => refuseUnknown(request, reply, routes));
  readJsonBodies(app);
  registerServiceRoutes(app, deps.metrics);
  registerModelRoutes(app, deps.directory);
  registerOllamaRoutes(app, { ...deps, ...deps.ollama, answers: deps });
  registerInferenceRoutes(app, deps);
  registerResponseRoutes(app, deps);
  await registerMediaRoutes(app, deps);
  await registerProxyRoutes(app, deps, routes);
  await registerLiveSocket(app, deps);
  await registerControlRoutes(app, deps);
  await registerStaticFiles(app, deps.rendererFolder, routes);
  await app.ready();
  return { app, routes };
}

/** A proxy may leave its own path in front of ours. */
function belowBasePath(request: IncomingMessage): string {
  const { url = '/' } = request;
  const proxy = proxyOf(request);
  return proxy === undefined ? url : withoutBasePath(url, proxy);
}

/** After an upgrade request the server counts the socket no more: a refused one is ended here. */
function endRefusedUpgrade(request: FastifyRequest, reply: FastifyReply): void {
  reply.raw.once('finish', () => {
    request.raw.socket.destroySoon();
  });
}
