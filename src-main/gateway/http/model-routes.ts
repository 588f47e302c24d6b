import type { FastifyInstance } from 'fastify';
import { encodeModel, encodeModelList } from '../../dialects/openai/models-response.ts';
import { callerScope } from '../caller.ts';
import { unknownModel } from '../pipeline/resolve-model.ts';
import type { UpstreamDirectory } from '../ports.ts';
import { callerOf } from './access.ts';
import { decodePath } from './model-path.ts';
import { pathOf } from './request-path.ts';

/** `GET /v1/models` and `GET /v1/models/{id}`. */
export function registerModelRoutes(app: FastifyInstance, directory: UpstreamDirectory): void {
  const config = { access: 'caller' } as const;
  app.get('/v1/models', { config }, (request) =>
    encodeModelList(directory.models(callerScope(callerOf(request)))),
  );
  app.get('/v1/models/*', { config }, (request) => {
    const name = decodePath(pathOf(request.url).slice('/v1/models/'.length)) ?? '';
    const scope = callerScope(callerOf(request));
    const id = directory.resolve(name, scope)?.id;
    const model = directory.models(scope).find((each) => each.id === id);
    if (model === undefined) throw unknownModel(name);
    return encodeModel(model);
  });
}
