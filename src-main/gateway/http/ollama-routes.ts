import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { MillpondError } from '../../core/error.ts';
import { parseInput } from '../../dialects/issue.ts';
import { encodeListed, encodeShown } from '../../dialects/ollama/models-response.ts';
import type { ListedFile } from '../../dialects/ollama/models-response.ts';
import { callerScope } from '../caller.ts';
import { unknownModel } from '../pipeline/resolve-model.ts';
import type { OfferedModel, UpstreamDirectory } from '../ports.ts';
import { callerOf } from './access.ts';
import { answerOperation } from './answer-operation.ts';
import type { AnswerDeps } from './answer-operation.ts';
import { ollamaOperation, ollamaOperationNames } from './ollama-operations.ts';
import { pullModel } from './ollama-pull.ts';
import type { ModelPulls } from './ollama-pull.ts';
import { readJson } from './raw-request.ts';
import { pathOf } from './request-path.ts';

export interface OllamaRoutesDeps {
  readonly directory: UpstreamDirectory;
  /** What answers; a server without it only says what it is and which models it has. */
  readonly answers?: AnswerDeps;
  /** Models whose files lie on this machine, by id. Absent: none is known. */
  readonly files?: () => Promise<ReadonlyMap<string, ListedFile>>;
  /** Absent: nothing is downloaded. */
  readonly pulls?: ModelPulls;
  readonly version: string;
  /** Ollama's port while Millpond answers there. */
  readonly ollamaPort?: () => number | undefined;
}

/** What programs that look for Ollama ask before they use its OpenAI addresses. */
const servedThere = /^\/(?:v1|api|health)(?:\/|$)/;

/**
 * Ollama's API under Millpond's own name. On Ollama's port there is nothing else but the APIs: no page,
 * no control calls.
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
  // Its clients and examples send JSON without saying so.
  void app.register((scope, _options, ready) => {
    scope.addContentTypeParser<Buffer>(
      'application/x-www-form-urlencoded',
      { parseAs: 'buffer' },
      readJson,
    );
    registerModels(scope, deps);
    registerAnswers(scope, deps);
    ready();
  });
}

const config = { access: 'caller', errors: 'ollama' } as const;

function registerModels(app: FastifyInstance, deps: OllamaRoutesDeps): void {
  const { directory, files = () => Promise.resolve(noFiles) } = deps;
  const listed = (request: FastifyRequest): readonly OfferedModel[] =>
    directory.models(callerScope(callerOf(request)));
  app.get('/api/version', { config }, () => ({ version: deps.version, name: 'millpond' }));
  const encoded = async (models: readonly OfferedModel[]): Promise<object> => {
    const known = await files();
    return { models: models.map((model) => encodeListed(model, known.get(model.id))) };
  };
  app.get('/api/tags', { config }, (request) => encoded(listed(request)));
  app.get('/api/ps', { config }, (request) => {
    // A model of a provider is in nobody's memory here.
    const { providers: _providers, ...scope } = callerScope(callerOf(request));
    return encoded(directory.models(scope).filter(({ isReady }) => isReady));
  });
  app.post('/api/show', { config }, async (request) => {
    const { model = '', name = model } = parseInput(showBody, request.body);
    const scope = callerScope(callerOf(request));
    const id = directory.resolve(knownName(name, request, directory), scope)?.id;
    const found = directory.models(scope).find((each) => each.id === id);
    if (found === undefined) throw unknownModel(name);
    return encodeShown(found, (await files()).get(found.id));
  });
}

const noFiles: ReadonlyMap<string, ListedFile> = new Map();
const showBody = z.object({ model: z.string().optional(), name: z.string().optional() });

function registerAnswers(
  app: FastifyInstance,
  { directory, answers, pulls }: OllamaRoutesDeps,
): void {
  if (answers === undefined) return;
  for (const operation of ollamaOperationNames) {
    app.post(`/api/${operation}`, { config }, (request, reply) => {
      const kind = ollamaOperation(operation, (name) => knownName(name, request, directory));
      return answerOperation({ request, reply, deps: answers }, kind, request.body);
    });
  }
  app.post('/api/pull', { config }, (request, reply) => pullModel(request, reply, pulls));
}

/** What has no tag is called `latest` by clients of this API. */
function knownName(name: string, request: FastifyRequest, directory: UpstreamDirectory): string {
  const scope = callerScope(callerOf(request));
  const bare = name.replace(/:latest$/, '');
  const isKnown = bare === name || directory.resolve(name, scope) !== undefined;
  return isKnown ? name : bare;
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
