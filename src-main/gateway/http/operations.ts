import type { InferenceChunk } from '../../core/inference.ts';
import { collectChat } from '../../dialects/openai/chat-response.ts';
import { createChatStream } from '../../dialects/openai/chat-stream.ts';
import { collectCompletion } from '../../dialects/openai/completion-response.ts';
import { createCompletionStream } from '../../dialects/openai/completion-stream.ts';
import { decodeChat } from '../../dialects/openai/decode-chat.ts';
import { decodeCompletion } from '../../dialects/openai/decode-completion.ts';
import { decodeEmbedding } from '../../dialects/openai/decode-embedding.ts';
import { decodeRerank } from '../../dialects/openai/decode-rerank.ts';
import type { Decoded } from '../../dialects/openai/decoded.ts';
import { collectEmbeddings } from '../../dialects/openai/embedding-response.ts';
import { collectRerank } from '../../dialects/openai/rerank-response.ts';
import type { AnswerIdentity, StreamEncoder } from '../../dialects/openai/stream.ts';
import type { ModelOperation } from './model-path.ts';

type Chunks = AsyncIterable<InferenceChunk>;

/** A decoded call together with the ways its answer can be written. */
export interface Operation {
  readonly decoded: Decoded;
  collect(chunks: Chunks, answer: AnswerIdentity): Promise<object>;
  /** Present where the operation can stream. */
  readonly createStream?: (answer: AnswerIdentity) => StreamEncoder;
}

/** Reads the body of each operation. Throws `invalid-request` naming the field. */
export const operations: Readonly<Record<ModelOperation, (body: unknown) => Operation>> = {
  'chat/completions': (body) => ({
    decoded: decodeChat(body),
    collect: collectChat,
    createStream: createChatStream,
  }),
  completions: (body) => ({
    decoded: decodeCompletion(body),
    collect: collectCompletion,
    createStream: createCompletionStream,
  }),
  embeddings: (body) => {
    const decoded = decodeEmbedding(body);
    return { decoded, collect: (chunks) => collectEmbeddings(chunks, decoded.encoding) };
  },
  rerank: (body) => {
    const decoded = decodeRerank(body);
    return {
      decoded,
      collect: (chunks, answer) => collectRerank(chunks, decoded, answer.requestId),
    };
  },
};
