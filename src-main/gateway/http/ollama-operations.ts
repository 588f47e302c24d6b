import { createOllamaStream, collectOllama } from '../../dialects/ollama/answer.ts';
import type { AnswerShape } from '../../dialects/ollama/answer.ts';
import { decodeOllamaChat } from '../../dialects/ollama/decode-chat.ts';
import { decodeEmbed, decodeOldEmbeddings } from '../../dialects/ollama/decode-embed.ts';
import { decodeGenerate } from '../../dialects/ollama/decode-generate.ts';
import { collectOllamaEmbeddings } from '../../dialects/ollama/embed-response.ts';
import type { Decoded } from '../../dialects/decoded.ts';
import type { Operation, OperationKind } from './operations.ts';

export const ollamaOperationNames = ['chat', 'generate', 'embed', 'embeddings'] as const;
export type OllamaOperation = (typeof ollamaOperationNames)[number];

/** What can be asked of a model under `/api`. `known` spells a name as the directory knows it. */
export function ollamaOperation(
  name: OllamaOperation,
  known: (model: string) => string,
): OperationKind {
  const named = <D extends Decoded>(decoded: D): D => ({ ...decoded, model: known(decoded.model) });
  switch (name) {
    case 'chat':
      return { task: 'chat', decode: (body) => answered(named(decodeOllamaChat(body)), 'chat') };
    case 'generate':
      return {
        task: 'completion',
        decode: (body) => answered(named(decodeGenerate(body)), 'generate'),
      };
    case 'embed':
    case 'embeddings': {
      const isOld = name === 'embeddings';
      return {
        task: 'embedding',
        decode: (body) => ({
          decoded: named(isOld ? decodeOldEmbeddings(body) : decodeEmbed(body)),
          collect: (chunks) => collectOllamaEmbeddings(chunks, isOld),
        }),
      };
    }
  }
}

function answered(decoded: Decoded, kind: 'chat' | 'generate'): Operation {
  const shape: AnswerShape = decoded.input.task === 'count' ? `load-${kind}` : kind;
  return {
    decoded,
    collect: (chunks, answer) => collectOllama(chunks, answer, shape),
    createStream: (answer) => createOllamaStream(answer, shape),
  };
}
