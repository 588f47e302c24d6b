import type { FastifyInstance } from 'fastify';
import { encodeModel, encodeModelList } from '../../dialects/openai/models-response.ts';
import { unknownModel } from '../pipeline/resolve-model.ts';
import type { UpstreamDirectory } from '../ports.ts';
import { decodePath } from './model-path.ts';
import { pathOf } from './request-path.ts';

/** `GET /v1/models` and `GET /v1/models/{id}`. */
export function registerModelRoutes(app: FastifyInstance, directory: UpstreamDirectory): void {
  const config = { access: 'caller' } as const;
  app.get('/v1/models', { config }, () => encodeModelList(directory.models()));
  app.get('/v1/models/*', { config }, (request) => {
    const name = decodePath(pathOf(request.url).slice('/v1/models/'.length)) ?? '';
    const id = directory.resolve(name);
    const model = directory.models().find((each) => each.id === id);
    if (model === undefined) throw unknownModel(name);
    return encodeModel(model);
  });
}
