import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import * as anthropic from '../../dialects/anthropic/models-response.ts';
import { parseInput } from '../../dialects/issue.ts';
import { encodeModel, encodeModelList } from '../../dialects/openai/models-response.ts';
import { callerScope } from '../caller.ts';
import { unknownModel } from '../pipeline/resolve-model.ts';
import type { OfferedModel, UpstreamDirectory } from '../ports.ts';
import { callerOf } from './access.ts';
import { nameRequest, speaksAnthropic } from './anthropic-caller.ts';
import { decodePath } from './model-path.ts';
import { pathOf } from './request-path.ts';

/** `GET /v1/models` and `GET /v1/models/{id}`, as the caller's API spells them. */
export function registerModelRoutes(app: FastifyInstance, directory: UpstreamDirectory): void {
  const config = { access: 'caller' } as const;
  app.get('/v1/models', { config }, (request, reply) =>
    listOf(directory.models(callerScope(callerOf(request))), request, reply),
  );
  app.get('/v1/models/*', { config }, (request, reply) => {
    const name = decodePath(pathOf(request.url).slice('/v1/models/'.length)) ?? '';
    const scope = callerScope(callerOf(request));
    const id = directory.resolve(name, scope)?.id;
    const model = directory.models(scope).find((each) => each.id === id);
    if (model === undefined) throw unknownModel(name);
    if (!speaksAnthropic(request)) return encodeModel(model);
    nameRequest(request, reply);
    return anthropic.encodeModel(model);
  });
}

const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(1000).optional(),
  after_id: z.string().optional(),
  before_id: z.string().optional(),
});

function listOf(
  models: readonly OfferedModel[],
  request: FastifyRequest,
  reply: FastifyReply,
): object {
  if (!speaksAnthropic(request)) return encodeModelList(models);
  nameRequest(request, reply);
  const { limit, after_id: afterId, before_id: beforeId } = parseInput(pageQuery, request.query);
  return anthropic.encodeModelList(models, {
    ...(limit !== undefined && { limit }),
    ...(afterId !== undefined && { afterId }),
    ...(beforeId !== undefined && { beforeId }),
  });
}
