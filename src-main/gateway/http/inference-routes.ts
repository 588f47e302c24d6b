import type { FastifyInstance, FastifyRequest } from 'fastify';
import { MillpondError } from '../../core/error.ts';
import { callerScope } from '../caller.ts';
import type { UpstreamDirectory } from '../ports.ts';
import { callerOf } from './access.ts';
import { registerAnthropicRoutes } from './anthropic-routes.ts';
import { answerOperation } from './answer-operation.ts';
import type { AnswerDeps } from './answer-operation.ts';
import { modelOperations, splitModelPath } from './model-path.ts';
import type { ModelOperation } from './model-path.ts';
import { operations } from './operations.ts';
import { pathOf } from './request-path.ts';

export interface InferenceRouteDeps extends AnswerDeps {
  readonly directory: UpstreamDirectory;
}

/** Where the model stands in the address; `engines` is the older spelling that some tools keep. */
const modelPaths = ['/v1/models/', '/v1/engines/'] as const;

/** `POST /v1/{operation}` and `POST /v1/models/{id}/{operation}`, and Anthropic's own. */
export function registerInferenceRoutes(app: FastifyInstance, deps: InferenceRouteDeps): void {
  const config = { access: 'caller' } as const;
  registerAnthropicRoutes(app, deps);
  for (const operation of modelOperations) {
    app.post(`/v1/${operation}`, { config }, (request, reply) =>
      answerOperation({ request, reply, deps }, operations[operation], request.body),
    );
  }
  for (const prefix of modelPaths) {
    app.post(`${prefix}*`, { config }, (request, reply) => {
      const { operation, body } = underModelPath(request, prefix, deps.directory);
      return answerOperation({ request, reply, deps }, operations[operation], body);
    });
  }
}

/** The model of the path takes the place of the body's; two different ones are a mistake. */
function underModelPath(
  request: FastifyRequest,
  prefix: (typeof modelPaths)[number],
  directory: UpstreamDirectory,
): { readonly operation: ModelOperation; readonly body: unknown } {
  const rest = pathOf(request.url).slice(prefix.length);
  const scope = callerScope(callerOf(request));
  const found = splitModelPath(rest, (model) => directory.resolve(model, scope) !== undefined);
  if (found === undefined) {
    throw new MillpondError('not-found', `There is no POST ${pathOf(request.url)}`, {
      reason: 'unknown_url',
    });
  }
  const { model, operation } = found;
  const { body } = request;
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return { operation, body };
  if ('model' in body && body.model !== model && body.model !== null) {
    throw new MillpondError('invalid-request', "'model' differs from the model in the address", {
      param: 'model',
    });
  }
  return { operation, body: { ...body, model } };
}
