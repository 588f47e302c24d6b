import type { FastifyInstance } from 'fastify';
import { collectCount } from '../../dialects/anthropic/count-response.ts';
import { decodeCount, decodeMessage } from '../../dialects/anthropic/decode.ts';
import { collectMessage } from '../../dialects/anthropic/message-response.ts';
import { createMessageStream } from '../../dialects/anthropic/message-stream.ts';
import { nameRequest } from './anthropic-caller.ts';
import { answerOperation } from './answer-operation.ts';
import type { AnswerDeps } from './answer-operation.ts';
import type { OperationKind } from './operations.ts';

const operations: Readonly<Record<'messages' | 'messages/count_tokens', OperationKind>> = {
  messages: {
    task: 'chat',
    raw: { dialect: 'anthropic', path: '/messages' },
    decode: (body) => ({
      decoded: decodeMessage(body),
      collect: collectMessage,
      createStream: createMessageStream,
    }),
  },
  'messages/count_tokens': {
    task: 'count',
    raw: { dialect: 'anthropic', path: '/messages/count_tokens' },
    decode: (body) => ({ decoded: decodeCount(body), collect: collectCount }),
  },
};

/** `POST /v1/messages` and `POST /v1/messages/count_tokens`. */
export function registerAnthropicRoutes(app: FastifyInstance, deps: AnswerDeps): void {
  const config = { access: 'caller', errors: 'anthropic' } as const;
  for (const [path, kind] of Object.entries(operations)) {
    app.post(`/v1/${path}`, { config }, (request, reply) => {
      nameRequest(request, reply);
      return answerOperation({ request, reply, deps }, kind, request.body);
    });
  }
}
