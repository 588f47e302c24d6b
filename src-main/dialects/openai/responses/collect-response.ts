import type { InferenceChunk } from '../../../core/inference.ts';
import type { AnswerIdentity } from '../../stream.ts';
import type { ResponseBody } from './decode-response.ts';
import { ResponseBuilder } from './response-builder.ts';
import type { OnResponse } from './response-stream.ts';

/** Waits for the whole answer and returns one response object. Rejects when the answer broke off. */
export async function collectResponse(
  chunks: AsyncIterable<InferenceChunk>,
  asked: ResponseBody,
  answer: AnswerIdentity,
  onResponse: OnResponse,
): Promise<object> {
  const builder = new ResponseBuilder(asked, answer);
  for await (const chunk of chunks) builder.add(chunk);
  const response = builder.end();
  if (!builder.isForeign) onResponse(response);
  return response;
}
