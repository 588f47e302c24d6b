/**
 * A model whose answer is a pure function of its weights, the prompt and the place of the token, so that
 * whoever holds the prompt can check every token of an answer, wherever it was made. How long an answer
 * is, how large and how fast stands in the prompt itself.
 */

export interface AnswerShape {
  /** Tokens. */
  readonly length: number;
  /** Milliseconds between two tokens. */
  readonly paceMs: number;
  /** Characters that each token carries besides itself. */
  readonly padding: number;
}

const usualShape: AnswerShape = { length: 64, paceMs: 0, padding: 0 };

/** A prompt that says what its answer looks like. Its words are its tokens. */
export function promptOf(
  beginning: string,
  name: string,
  { length, paceMs, padding }: AnswerShape,
): string {
  return `${beginning} ${name} length=${length} pace=${paceMs} padding=${padding}`;
}

export function shapeOf(prompt: string): AnswerShape {
  const figure = (name: keyof AnswerShape, word: string): number => {
    const found = new RegExp(`\\b${word}=(\\d+)`).exec(prompt)?.[1];
    return found === undefined ? usualShape[name] : Number(found);
  };
  return {
    length: figure('length', 'length'),
    paceMs: figure('paceMs', 'pace'),
    padding: figure('padding', 'padding'),
  };
}

export function wordsOf(prompt: string): readonly string[] {
  return prompt.split(' ').filter((word) => word !== '');
}

/** The beginning that two prompts share, in tokens. */
export function sharedWords(one: string, other: string): number {
  const words = wordsOf(one);
  const others = wordsOf(other);
  const end = words.findIndex((word, index) => word !== others[index]);
  return end < 0 ? words.length : end;
}

/** FNV-1a, 32 bits. */
function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}

/** The token at one place of the answer, below 2^24. */
export function tokenAt(weights: string, prompt: string, index: number): number {
  let mixed = hashText(`${weights} ${prompt}`) ^ Math.imul(index + 1, 0x9e3779b1);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 8;
}

export function textOf(token: number, padding: number): string {
  return `${token.toString(36)}${'.'.repeat(padding)} `;
}

/** Tokens of an answer's text, in order; what is no token becomes `NaN`. */
export function tokensOf(text: string): readonly number[] {
  return wordsOf(text).map((word) => Number.parseInt(word.replace(/\.+$/, ''), 36));
}

/** Changes with every token that is lost, repeated, out of place or of another answer. */
export function evaluationHash(prompt: string, delivered: readonly number[]): number {
  return hashText(`${prompt}|${delivered.join(' ')}`);
}
