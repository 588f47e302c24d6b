import type { FastifyInstance, FastifyRequest } from 'fastify';
import { MillpondError } from '../../core/error.ts';
import { callerScope } from '../caller.ts';
import type { UpstreamDirectory } from '../ports.ts';
import { callerOf } from './access.ts';
import { pathOf } from './request-path.ts';

interface OllamaRoutesDeps {
  readonly directory: UpstreamDirectory;
  readonly version: string;
  /** Ollama's port while Millpond answers there. */
  readonly ollamaPort?: () => number | undefined;
}

/** What programs that look for Ollama ask before they use its OpenAI addresses. */
const servedThere = /^\/(?:v1|api|health)(?:\/|$)/;

/**
 * `GET /api/version` and `GET /api/tags`, for reading only and under Millpond's own name. On
 * Ollama's port there is nothing else but the APIs: no page, no control calls.
 */
export function registerOllamaRoutes(app: FastifyInstance, deps: OllamaRoutesDeps): void {
  app.addHook('onRequest', (request, reply, done) => {
    if (!cameOverOllamaPort(request, deps)) {
      done();
      return;
    }
    const path = pathOf(request.url);
    if (path === '/' && (request.method === 'GET' || request.method === 'HEAD')) {
      void reply.type('text/plain; charset=utf-8').send('Millpond is running. Its API is at /v1.');
      return;
    }
    done(servedThere.test(path) ? undefined : notHere(request.method, path));
  });
  const config = { access: 'caller' } as const;
  app.get('/api/version', { config }, () => ({ version: deps.version, name: 'millpond' }));
  app.get('/api/tags', { config }, (request) => ({
    models: deps.directory.models(callerScope(callerOf(request))).map(({ id, createdAt }) => ({
      name: id,
      model: id,
      modified_at: new Date(createdAt).toISOString(),
    })),
  }));
}

function cameOverOllamaPort(request: FastifyRequest, { ollamaPort }: OllamaRoutesDeps): boolean {
  const port = ollamaPort?.();
  return port !== undefined && request.raw.socket.localPort === port;
}

function notHere(method: string, path: string): MillpondError {
  return new MillpondError(
    'not-found',
    `There is no ${method} ${path.slice(0, 200)} on this port`,
    {
      reason: 'unknown_url',
    },
  );
}
