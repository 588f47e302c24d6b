import type { InferenceRequest } from '../../core/inference.ts';

/** Ids of these answers lie below it. */
const tokenCount = 2 ** 20;

/**
 * Token `index` of the answer to `prompt`: the same on every machine, and different for every prompt
 * and place, so that a token which was lost, repeated or mixed up is seen where it arrives.
 */
export function countedToken(prompt: string, index: number): number {
  let hash = 0x811c_9dc5 ^ index;
  for (let at = 0; at < prompt.length; at += 1) {
    hash = Math.imul(hash ^ prompt.charCodeAt(at), 0x0100_0193);
  }
  hash = Math.imul(hash ^ (hash >>> 15) ^ Math.imul(index, 0x9e37_79b1), 0x85eb_ca6b);
  return ((hash ^ (hash >>> 13)) >>> 0) % tokenCount;
}

export function countedText(token: number): string {
  return `${token.toString(36)} `;
}

/** What a counted answer depends on: the newest words of the user. */
export function promptOf({ input }: InferenceRequest): string {
  if (input.task === 'completion') return String(input.prompt);
  if (input.task !== 'chat') return '';
  const last = input.messages.findLast((message) => message.role === 'user');
  const parts = last?.role === 'user' ? last.content : [];
  return parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
}

/** Follows one answer as its caller reads it. */
export class AnswerCheck {
  /** Tokens that came in order. */
  count = 0;
  /** Place and text of the first one that was wrong. */
  mistake: { readonly index: number; readonly text: string } | undefined;
  private readonly prompt: string;
  private rest = '';

  constructor(prompt: string) {
    this.prompt = prompt;
  }

  /** A piece of the answer, of any length: tokens may share a piece. Returns how many it held. */
  take(text: string): number {
    const pieces = (this.rest + text).split(' ');
    this.rest = pieces.pop() ?? '';
    for (const piece of pieces) {
      const expected = countedText(countedToken(this.prompt, this.count));
      if (`${piece} ` !== expected) this.mistake ??= { index: this.count, text: piece };
      this.count += 1;
    }
    return pieces.length;
  }

  /** Every token once, in order, `tokens` of them, and nothing else. */
  isWhole(tokens: number): boolean {
    return this.mistake === undefined && this.count === tokens && this.rest === '';
  }
}
