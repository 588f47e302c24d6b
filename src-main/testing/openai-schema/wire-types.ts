import type { ChatCompletion, ChatCompletionChunk } from 'openai/resources/chat/completions';
import type { Completion, CompletionChoice } from 'openai/resources/completions';
import type { CreateEmbeddingResponse } from 'openai/resources/embeddings';
import type { Model } from 'openai/resources/models';
import type { Response, ResponseStreamEvent } from 'openai/resources/responses/responses';
import type { ResponseItemList } from 'openai/resources/responses/input-items';
import type { ErrorObject } from 'openai/resources/shared';

/**
 * The schema gives pieces of a streamed completion the shape of a whole one, so that each would be the
 * last. The API itself sends null until then, and clients wait for what is not null.
 */
interface CompletionChunk extends Omit<Completion, 'choices'> {
  readonly choices: readonly (Omit<CompletionChoice, 'finish_reason'> & {
    readonly finish_reason: CompletionChoice['finish_reason'] | null;
  })[];
}

/** Every shape that goes over the wire, by the name that tests use. */
export interface WireTypes {
  readonly chat: ChatCompletion;
  readonly chatChunk: ChatCompletionChunk;
  readonly completion: Completion;
  readonly completionChunk: CompletionChunk;
  readonly embeddings: CreateEmbeddingResponse;
  readonly model: Model;
  readonly modelList: { readonly object: 'list'; readonly data: readonly Model[] };
  readonly response: Response;
  readonly responseEvent: ResponseStreamEvent;
  readonly responseItems: ResponseItemList;
  readonly error: { readonly error: ErrorObject };
}

export type WireKind = keyof WireTypes;
