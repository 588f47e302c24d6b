import type { InferenceChunk, WireDialect } from '../../core/inference.ts';
import type { Decoded } from '../../dialects/decoded.ts';
import { collectChat } from '../../dialects/openai/chat-response.ts';
import { createChatStream } from '../../dialects/openai/chat-stream.ts';
import { collectCompletion } from '../../dialects/openai/completion-response.ts';
import { createCompletionStream } from '../../dialects/openai/completion-stream.ts';
import { decodeChat } from '../../dialects/openai/decode-chat.ts';
import { decodeCompletion } from '../../dialects/openai/decode-completion.ts';
import { decodeEmbedding } from '../../dialects/openai/decode-embedding.ts';
import { decodeRerank } from '../../dialects/openai/decode-rerank.ts';
import { collectEmbeddings } from '../../dialects/openai/embedding-response.ts';
import { collectRerank } from '../../dialects/openai/rerank-response.ts';
import type { AnswerIdentity, StreamEncoder } from '../../dialects/stream.ts';
import type { ModelOperation } from './model-path.ts';

type Chunks = AsyncIterable<InferenceChunk>;

/** A decoded call together with the ways its answer can be written. */
export interface Operation {
  readonly decoded: Decoded;
  collect(chunks: Chunks, answer: AnswerIdentity): Promise<object>;
  /** Present where the operation can stream. */
  readonly createStream?: (answer: AnswerIdentity) => StreamEncoder;
}

/** Something that callers can ask of a model over HTTP. */
export interface OperationKind {
  /** For Activity, where the body could not be read. */
  readonly task: string;
  /** What an upstream of the same dialect calls it; absent: nobody takes its bytes as they are. */
  readonly raw?: { readonly dialect: WireDialect; readonly path: string };
  /** Throws `invalid-request` naming the field. */
  decode(body: unknown): Operation;
}

/** The operations of the OpenAI API that our own engines have. */
export const operations: Readonly<Record<ModelOperation, OperationKind>> = {
  'chat/completions': {
    task: 'chat',
    raw: { dialect: 'openai', path: '/chat/completions' },
    decode: (body) => ({
      decoded: decodeChat(body),
      collect: collectChat,
      createStream: createChatStream,
    }),
  },
  completions: {
    task: 'completion',
    raw: { dialect: 'openai', path: '/completions' },
    decode: (body) => ({
      decoded: decodeCompletion(body),
      collect: collectCompletion,
      createStream: createCompletionStream,
    }),
  },
  embeddings: {
    task: 'embedding',
    raw: { dialect: 'openai', path: '/embeddings' },
    decode: (body) => {
      const decoded = decodeEmbedding(body);
      return { decoded, collect: (chunks) => collectEmbeddings(chunks, decoded.encoding) };
    },
  },
  rerank: {
    task: 'rerank',
    raw: { dialect: 'openai', path: '/rerank' },
    decode: (body) => {
      const decoded = decodeRerank(body);
      return {
        decoded,
        collect: (chunks, answer) => collectRerank(chunks, decoded, answer.requestId),
      };
    },
  },
};
