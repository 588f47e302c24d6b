import { promptOf, tokensOf } from './trace.ts';
import type { Conversation, Segment } from './trace.ts';

/** One request on its way through the simulated gateway. Times in milliseconds of the simulation. */
export interface Job {
  readonly index: number;
  readonly conversation: Conversation;
  readonly turn: number;
  readonly prompt: readonly Segment[];
  readonly promptTokens: number;
  readonly answer: Segment;
  readonly arrivedAt: number;
  /** The prompt as text, for those who route by text. */
  readonly text: string;
  /** Tokens of the answer that the caller has. */
  delivered: number;
  firstTokenAt: number | undefined;
  endedAt: number | undefined;
  /** Prompt tokens that the machine which answered first did not read again. */
  reusedTokens: number;
}

export function createJob(
  conversation: Conversation,
  turn: number,
  place: Pick<Job, 'index' | 'arrivedAt'>,
): Job {
  const asked = conversation.turns[turn];
  if (asked === undefined) throw new RangeError(`${conversation.id} has no turn ${String(turn)}`);
  const prompt = promptOf(conversation, turn);
  return {
    ...place,
    ...{ conversation, turn, prompt, promptTokens: tokensOf(prompt), answer: asked.answer },
    ...{ text: prompt.map(textOf).join(''), delivered: 0, reusedTokens: 0 },
    ...{ firstTokenAt: undefined, endedAt: undefined },
  };
}

function textOf({ message }: Segment): string {
  if (message.role !== 'user') return message.text;
  return message.content.map((part) => (part.type === 'text' ? part.text : part.url)).join('');
}
