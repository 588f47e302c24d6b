import type { FastifyInstance, FastifyRequest } from 'fastify';
import { MillpondError } from '../../core/error.ts';
import { unknownModel } from '../pipeline/resolve-model.ts';
import { withAnyBody } from './any-body.ts';
import {
  dialectOf,
  modelInBody,
  noProviderHas,
  passThrough,
  providerScope,
} from './pass-through.ts';
import type { PassThroughDeps } from './pass-through.ts';

/** What the OpenAI API has beside text, and what no engine of ours does. */
const mediaPaths = [
  '/images/generations',
  '/images/edits',
  '/images/variations',
  '/audio/speech',
  '/audio/transcriptions',
  '/audio/translations',
  '/moderations',
] as const;

/** Images, audio and moderations: passed on to the providers of the model that the body names. */
export async function registerMediaRoutes(
  app: FastifyInstance,
  deps: PassThroughDeps,
): Promise<void> {
  await withAnyBody(app, { maxBytes: deps.maxBodyBytes }, (scope) => {
    for (const path of mediaPaths) {
      scope.post(`/v1${path}`, { config: { access: 'caller' } }, (request, reply) => {
        const model = askedModel(request);
        const rights = providerScope(request);
        if (deps.directory.resolve(model, rights) === undefined) throw unknownModel(model);
        if (dialectOf(model, rights, deps.directory) !== 'openai') {
          throw noProviderHas(model, `${path.slice(1)} is answered by providers`);
        }
        return passThrough(
          { request, reply, deps },
          {
            ...{ model, path, dialect: 'openai' },
            check: (head) => {
              const { 'content-type': type = '' } = head.headers;
              const isMissing = head.status === 404 || head.status === 405;
              if (isMissing && !type.includes('json')) throw lacking(model, path);
            },
          },
        );
      });
    }
  });
}

function askedModel(request: FastifyRequest): string {
  const model = modelInBody(request);
  if (model !== undefined && model !== '') return model;
  throw new MillpondError('invalid-request', "'model' is required: name the model of a provider", {
    param: 'model',
  });
}

/** A page that says that there is nothing is no answer that a client of this API could read. */
function lacking(model: string, path: string): MillpondError {
  return new MillpondError('not-found', `The provider of '${model}' has no ${path}`, {
    param: 'model',
    reason: 'unsupported_capability',
  });
}
