import type { FinishReason } from '../../../core/inference.ts';
import type { TokenUsage } from '../../../core/usage.ts';
import { finishReasonOf, isBrokenEnd } from './finish-reason.ts';
import { fieldOf, readUsage } from './wire-usage.ts';

/** What one event says to somebody who only passes it on. */
export interface FrameFacts {
  /** An error in place of an answer; undefined if it is none. */
  readonly error?: unknown;
  /** Carries a part of the answer, or its end: from here on nobody else can begin anew. */
  readonly hasContent: boolean;
  readonly isReasoning: boolean;
  readonly usage?: TokenUsage | undefined;
  /** Says nothing but the usage. */
  readonly isUsageOnly: boolean;
  readonly finishes: readonly { readonly choice: number; readonly reason: FinishReason }[];
}

const nothing: FrameFacts = {
  hasContent: false,
  isReasoning: false,
  isUsageOnly: false,
  finishes: [],
};

/** Of chats and text completions. */
export function factsOfChunk(value: unknown): FrameFacts {
  const error = fieldOf(value, 'error');
  if (error !== undefined) return { ...nothing, error };
  const listed = fieldOf(value, 'choices');
  const choices: readonly unknown[] = Array.isArray(listed) ? listed : [];
  const told = fieldOf(value, 'usage');
  const usage = told === undefined ? undefined : readUsage(told);
  let hasContent = false;
  let isReasoning = false;
  const finishes: { readonly choice: number; readonly reason: FinishReason }[] = [];
  for (const choice of choices) {
    const delta = fieldOf(choice, 'delta') ?? fieldOf(choice, 'message');
    const kind = contentOf(delta ?? { text: fieldOf(choice, 'text') });
    hasContent ||= kind !== undefined;
    isReasoning ||= kind === 'reasoning';
    const reason = fieldOf(choice, 'finish_reason');
    if (typeof reason !== 'string' || reason === '') continue;
    if (isBrokenEnd(reason)) {
      return {
        ...nothing,
        error: fieldOf(choice, 'error') ?? { message: `it ended with '${reason}'` },
      };
    }
    const index = fieldOf(choice, 'index');
    finishes.push({
      choice: typeof index === 'number' ? index : 0,
      reason: finishReasonOf(reason),
    });
    hasContent = true;
  }
  const isUsageOnly = choices.length === 0 && usage !== undefined;
  return { hasContent, isReasoning, usage, isUsageOnly, finishes };
}

/** Of the Responses API, whose events say what they are. */
export function factsOfResponseEvent(value: unknown): FrameFacts {
  const type = fieldOf(value, 'type');
  const response = fieldOf(value, 'response');
  if (type === 'error' || type === 'response.failed') {
    return { ...nothing, error: fieldOf(response, 'error') ?? fieldOf(value, 'error') ?? value };
  }
  if (type === 'response.completed' || type === 'response.incomplete') {
    const reason = type === 'response.completed' ? 'stop' : 'length';
    const usage = readUsage(fieldOf(response, 'usage'));
    return { ...nothing, hasContent: true, usage, finishes: [{ choice: 0, reason }] };
  }
  const name = typeof type === 'string' ? type : '';
  const hasContent = name.endsWith('.delta') || name.endsWith('.done');
  return { ...nothing, hasContent, isReasoning: name.includes('reasoning') };
}

/** What a delta brings besides saying who speaks. */
function contentOf(delta: unknown): 'text' | 'reasoning' | undefined {
  if (typeof delta !== 'object' || delta === null) return undefined;
  let isReasoning = false;
  for (const [name, value] of Object.entries(delta)) {
    if (name === 'role' || isEmpty(value)) continue;
    if (!name.startsWith('reasoning')) return 'text';
    isReasoning = true;
  }
  return isReasoning ? 'reasoning' : undefined;
}

function isEmpty(value: unknown): boolean {
  return (
    value === null ||
    value === undefined ||
    value === '' ||
    (Array.isArray(value) && value.length === 0)
  );
}
