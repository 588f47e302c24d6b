import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { MillpondError } from '../../core/error.ts';
import { parseInput } from '../../dialects/issue.ts';
import { encodeItem, readItems } from '../../dialects/openai/responses/kept-items.ts';
import { callerTenant } from '../caller.ts';
import type { Caller } from '../caller.ts';
import type { Responses } from '../responses/responses.ts';
import type { StoredResponse } from '../responses/ports.ts';
import { callerOf } from './access.ts';
import { answerOperation } from './answer-operation.ts';
import type { AnswerDeps } from './answer-operation.ts';
import { responseKind } from './response-operation.ts';

export interface ResponseRouteDeps extends AnswerDeps {
  readonly responses: Responses;
}

/** `POST /v1/responses`, and what was kept of earlier ones: to read, to list their input, to delete. */
export function registerResponseRoutes(app: FastifyInstance, deps: ResponseRouteDeps): void {
  const config = { access: 'caller' } as const;
  const { responses } = deps;
  app.post('/v1/responses', { config }, async (request, reply) => {
    const { body } = request;
    const kind = await responseKind(body, { responses, ...responseOwner(callerOf(request)) });
    return answerOperation({ request, reply, deps }, kind, body);
  });
  app.get('/v1/responses/:id', { config }, async (request, reply) => {
    if (parseInput(retrieveQuery, request.query).stream === 'true') {
      throw new MillpondError(
        'invalid-request',
        "'stream' is not supported here: a kept answer is returned whole",
        { param: 'stream', reason: 'unsupported_parameter' },
      );
    }
    const { response } = await keptOf(request, responses);
    return reply.type('application/json; charset=utf-8').send(response);
  });
  app.delete('/v1/responses/:id', { config }, async (request) => {
    const { owner } = responseOwner(callerOf(request));
    const id = idOf(request);
    if (!(await responses.remove(owner, id))) throw notKept(id);
    return { id, object: 'response', deleted: true };
  });
  app.get('/v1/responses/:id/input_items', { config }, async (request) => {
    const { input } = await keptOf(request, responses);
    return pageOf(readItems(input).map(encodeItem), parseInput(listQuery, request.query));
  });
}

/** Whose answers a caller sees: those of the same person in the same pool, and nobody's by a guess. */
export function responseOwner(caller: Caller): {
  readonly owner: string;
  readonly personId: string;
} {
  const { kind, personId } = caller;
  // Whoever needs no key at this machine is not for that the person whose machine it is.
  const who = kind === 'keyless' ? 'keyless' : personId;
  return { owner: `${callerTenant(caller)}/${who}`, personId };
}

const params = z.object({ id: z.string() });
const retrieveQuery = z.object({ stream: z.string().optional() });
const listQuery = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  order: z.enum(['asc', 'desc']).default('desc'),
  after: z.string().optional(),
});

function idOf(request: FastifyRequest): string {
  return parseInput(params, request.params).id;
}

async function keptOf(request: FastifyRequest, responses: Responses): Promise<StoredResponse> {
  const id = idOf(request);
  const kept = await responses.get(responseOwner(callerOf(request)).owner, id);
  if (kept === undefined) throw notKept(id);
  return kept;
}

function notKept(id: string): MillpondError {
  return new MillpondError(
    'not-found',
    `No answer '${id.slice(0, 100)}' is kept here; answers are kept for 30 days, unless 'store' was false`,
    { param: 'response_id', reason: 'response_not_found' },
  );
}

function pageOf(items: readonly object[], query: z.output<typeof listQuery>): object {
  const ordered = query.order === 'asc' ? items : items.toReversed();
  const idOfItem = (item: object | undefined): string | null =>
    item !== undefined && 'id' in item && typeof item.id === 'string' ? item.id : null;
  const from =
    query.after === undefined ? 0 : ordered.findIndex((item) => idOfItem(item) === query.after) + 1;
  const data = ordered.slice(from, from + query.limit);
  return {
    object: 'list',
    data,
    first_id: idOfItem(data[0]),
    last_id: idOfItem(data.at(-1)),
    has_more: from + data.length < ordered.length,
  };
}
