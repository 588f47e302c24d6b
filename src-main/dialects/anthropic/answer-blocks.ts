import type { ServedBy, ToolCallChunk } from '../../core/inference.ts';
import type { TokenUsage } from '../../core/usage.ts';
import type { AnswerIdentity } from '../stream.ts';
import { encodeUsage, stopFields } from './usage.ts';
import type { StopFields } from './usage.ts';

export const emptyText = { type: 'text', text: '', citations: null } as const;

/** Nobody vouches for what a model here has thought: the signature stays empty. */
export const emptyThinking = { type: 'thinking', thinking: '', signature: '' } as const;

export function toolUse({ id = '', name = '' }: Pick<ToolCallChunk, 'id' | 'name'>): {
  readonly type: 'tool_use';
  readonly id: string;
  readonly name: string;
  readonly input: object;
} {
  return { type: 'tool_use', id, name, input: {} };
}

interface Envelope {
  readonly answer: AnswerIdentity;
  readonly servedBy: ServedBy | undefined;
  readonly content: readonly object[];
  readonly usage: TokenUsage;
  readonly stop?: StopFields;
}

/** A message as the API answers it. */
export function messageOf({ answer, servedBy, content, usage, stop }: Envelope): object {
  return {
    id: `msg_${answer.requestId}`,
    type: 'message',
    role: 'assistant',
    model: servedBy?.model ?? '',
    content,
    container: null,
    ...(stop ?? stopFields(undefined)),
    usage: {
      ...encodeUsage(usage),
      cache_creation: null,
      server_tool_use: null,
      service_tier: null,
    },
  };
}
