import type { ChatMessage } from '../../src-main/core/inference.ts';

/** A message of a conversation: equal by identity, so a shared one is one object in many prompts. */
export interface Segment {
  readonly message: ChatMessage;
  /** What a tokenizer makes of it, with its frame. */
  readonly tokens: number;
}

export interface Turn {
  /** What the prompt has more than the prompt and the answer before it. */
  readonly added: readonly Segment[];
  readonly answer: Segment;
  /** Between the end of the answer before and this question. */
  readonly thinkMs: number;
}

/** Somebody, or a program, who asks again when the answer is there. */
export interface Conversation {
  readonly id: string;
  /** What the gateway would know the caller by. */
  readonly caller: string;
  readonly startMs: number;
  readonly turns: readonly Turn[];
}

export interface Trace {
  readonly name: TraceName;
  readonly conversations: readonly Conversation[];
}

export type TraceName = 'chat' | 'crowded chat' | 'agents' | 'one-shot' | 'mixed' | 'overload';

/** The messages in front of a turn's answer. */
export function promptOf({ turns }: Conversation, turn: number): readonly Segment[] {
  return turns
    .slice(0, turn + 1)
    .flatMap(({ added, answer }, index) => (index === turn ? added : [...added, answer]));
}

export function tokensOf(segments: readonly Segment[]): number {
  return segments.reduce((sum, { tokens }) => sum + tokens, 0);
}

/** Tokens at the beginning that both have. */
export function commonTokens(a: readonly Segment[], b: readonly Segment[]): number {
  let tokens = 0;
  for (const [index, segment] of a.entries()) {
    if (segment !== b[index]) break;
    tokens += segment.tokens;
  }
  return tokens;
}
