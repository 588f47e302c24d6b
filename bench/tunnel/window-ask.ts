import { newId } from '../../src-main/core/identity.ts';
import type {
  AnswerStatus,
  InferenceBackend,
  InferenceRequest,
} from '../../src-main/core/inference.ts';
import type { TokenUsage } from '../../src-main/core/usage.ts';

/** A greedy completion of token ids, asked in the way of the window. */
export interface WindowAsk {
  readonly model: string;
  readonly prompt: readonly number[];
  readonly maxTokens: number;
}

type Move = Extract<AnswerStatus, { phase: 'moved' }>;

export interface WindowAnswer {
  /** Exactly those that were delivered, in order. */
  readonly tokens: readonly number[];
  readonly usage: TokenUsage;
  readonly moves: readonly Move[];
}

const longestMs = 60_000;

/** Through the whole pipeline without HTTP, because only there tokens have ids. */
export async function askAsOwner(
  backend: InferenceBackend,
  ask: WindowAsk,
  onDelivered: (tokens: number) => void,
): Promise<WindowAnswer> {
  const tokens: number[] = [];
  const moves: Move[] = [];
  const signal = AbortSignal.timeout(longestMs);
  for await (const chunk of backend.infer(requestOf(ask), { signal })) {
    if (chunk.type === 'status' && chunk.status.phase === 'moved') moves.push(chunk.status);
    if (chunk.type === 'text') {
      tokens.push(...(chunk.tokens ?? []));
      onDelivered(tokens.length);
    }
    if (chunk.type === 'finish') return { tokens, moves, usage: chunk.usage };
  }
  throw new Error('The answer ended without a finish');
}

function requestOf({ model, prompt, maxTokens }: WindowAsk): InferenceRequest {
  return {
    envelope: {
      ...{ requestId: newId(), model, tenant: 'owner', caller: 'owner', priority: 5, marks: [] },
      privacy: 'trusted',
    },
    input: {
      task: 'completion',
      ...{ prompt, maxTokens, echo: false, stop: [], choices: 1 },
      sampling: { temperature: 0 },
      format: { type: 'text' },
    },
  };
}
