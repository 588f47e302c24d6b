import { MillpondError } from '../../core/error.ts';
import { collectResponse } from '../../dialects/openai/responses/collect-response.ts';
import { decodeResponse } from '../../dialects/openai/responses/decode-response.ts';
import type { DecodedResponse, Recalled } from '../../dialects/openai/responses/decode-response.ts';
import {
  itemsToKeep,
  readItems,
  readOutput,
  referencesOf,
  requestOfItem,
} from '../../dialects/openai/responses/kept-items.ts';
import type { RequestItem } from '../../dialects/openai/responses/request-items.ts';
import { responseIdOf } from '../../dialects/openai/responses/response-object.ts';
import type { ResponseObject } from '../../dialects/openai/responses/response-object.ts';
import { createResponseStream } from '../../dialects/openai/responses/response-stream.ts';
import type { AnswerIdentity } from '../../dialects/stream.ts';
import { unmet } from '../pipeline/check-capabilities.ts';
import type { Responses } from '../responses/responses.ts';
import type { OperationKind } from './operations.ts';

interface ResponseKindDeps {
  readonly responses: Responses;
  readonly owner: string;
  readonly personId: string;
}

/** What a request refers to, as far as it is kept for its owner. */
interface Found {
  readonly recalled: Recalled;
  /** An id of ours that leads nowhere. */
  readonly missing?: string;
}

/**
 * The operation behind `POST /v1/responses`: first looks up what the body refers to. A request that
 * goes on from an answer of ours is understood by nobody but this gateway, so its bytes stay here.
 */
export async function responseKind(body: unknown, deps: ResponseKindDeps): Promise<OperationKind> {
  const { recalled, missing } = await find(body, deps);
  const isOurs = recalled.earlier !== undefined || (recalled.referenced?.size ?? 0) > 0;
  return {
    task: 'chat',
    ...(!isOurs && { raw: { dialect: 'openai', path: '/responses' } }),
    decode(again) {
      if (missing !== undefined) throw notFound(missing);
      const decoded = decodeResponse(again, recalled);
      const demand = decoded.demands?.[0];
      if (isOurs && demand !== undefined) throw unmet(demand);
      const keeper = (answer: AnswerIdentity) => (response: ResponseObject) => {
        keep(response, answer, { decoded, recalled, deps });
      };
      const { asked } = decoded;
      return {
        decoded,
        collect: (chunks, answer) => collectResponse(chunks, asked, answer, keeper(answer)),
        createStream: (answer) => createResponseStream(asked, answer, keeper(answer)),
      };
    },
  };
}

async function find(body: unknown, { responses, owner }: ResponseKindDeps): Promise<Found> {
  const { previousId, itemIds } = referencesOf(body);
  const referenced = new Map<string, RequestItem>();
  for (const id of itemIds) {
    const item = await findItem(id, responses, owner);
    if (item !== undefined) referenced.set(id, item);
  }
  if (previousId === undefined) return { recalled: { referenced } };
  const turns = await responses.chain(owner, previousId);
  if (turns === undefined) return { recalled: { referenced }, missing: previousId };
  const earlier = turns.flatMap((turn) => [...readItems(turn.input), ...readOutput(turn.response)]);
  return { recalled: { referenced, earlier } };
}

/** Ids of items say which answer they belong to. */
async function findItem(
  id: string,
  responses: Responses,
  owner: string,
): Promise<RequestItem | undefined> {
  const requestId = requestOfItem(id);
  if (requestId === undefined) return undefined;
  const kept = await responses.get(owner, responseIdOf(requestId));
  if (kept === undefined) return undefined;
  return [...readOutput(kept.response), ...readItems(kept.input)].find(
    (item) => 'id' in item && item.id === id,
  );
}

function keep(
  response: ResponseObject,
  answer: AnswerIdentity,
  about: {
    readonly decoded: DecodedResponse;
    readonly recalled: Recalled;
    readonly deps: ResponseKindDeps;
  },
): void {
  const { asked } = about.decoded;
  const { responses, owner, personId } = about.deps;
  if (!asked.store) return;
  responses.keep({
    ...{ id: response.id, owner, personId },
    createdAt: answer.receivedAt,
    ...(asked.previous_response_id !== undefined && { previousId: asked.previous_response_id }),
    response: JSON.stringify(response),
    input: JSON.stringify(itemsToKeep(asked, about.recalled, answer.requestId)),
  });
}

function notFound(id: string): MillpondError {
  return new MillpondError(
    'invalid-request',
    `'previous_response_id': no answer '${id}' is kept here; answers are kept for 30 days, unless 'store' was false`,
    { param: 'previous_response_id', reason: 'previous_response_not_found' },
  );
}
