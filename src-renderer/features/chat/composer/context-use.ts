import type { Message } from '../types.ts';

/** How full the context will be with the next message. Tokens throughout. */
export interface ContextUse {
  /** What the conversation took when it was last answered. */
  readonly used: number;
  /** The message being written, with its files. */
  readonly next: number;
  readonly total: number;
  readonly limit: number;
  /** Where the warning begins: above it an answer of the allowed length would be cut. */
  readonly sill: number;
  readonly level: 'fine' | 'tight' | 'over';
}

export interface ContextQuestion {
  readonly branch: readonly Message[];
  /** Tokens of the text being written; undefined while the model has not counted it. */
  readonly draftTokens: number | undefined;
  readonly attachmentTokens: number;
  /** The longest answer that is allowed; undefined means up to the end. */
  readonly maxTokens: number | undefined;
  readonly limit: number;
}

/** Room for an answer when no length is set: a tenth of the context. */
const answerShare = 0.1;

export function contextUse(question: ContextQuestion): ContextUse {
  const used = usedByBranch(question.branch);
  const next = (question.draftTokens ?? 0) + question.attachmentTokens;
  const total = used + next;
  const room = Math.min(question.maxTokens ?? question.limit * answerShare, question.limit / 2);
  const sill = Math.round(question.limit - room);
  return {
    used,
    next,
    total,
    limit: question.limit,
    sill,
    level: total > question.limit ? 'over' : total > sill ? 'tight' : 'fine',
  };
}

/** Prompt and answer of the last turn that was measured; turns after it (a failed one) add nothing. */
function usedByBranch(branch: readonly Message[]): number {
  const last = branch.findLast((message) => message.role === 'assistant' && message.receipt);
  if (last?.role !== 'assistant' || last.receipt === undefined) return 0;
  const { usage } = last.receipt;
  return usage.promptTokens + usage.completionTokens;
}
