import type { AnswerPart } from '../types.ts';

/**
 * Appends streamed pieces to an answer. A piece of the same kind as the last part continues it (a
 * tool call only under the same id); everything before the last part keeps its identity, so that
 * memoised components skip it.
 */
export function appendParts(
  parts: readonly AnswerPart[],
  pieces: readonly AnswerPart[],
): AnswerPart[] {
  const result = [...parts];
  for (const piece of pieces) {
    const last = result.at(-1);
    const joined = last === undefined ? undefined : join(last, piece);
    if (joined === undefined) result.push(piece);
    else result[result.length - 1] = joined;
  }
  return result;
}

function join(last: AnswerPart, piece: AnswerPart): AnswerPart | undefined {
  if (last.type === 'text' && piece.type === 'text') {
    return { type: 'text', text: last.text + piece.text };
  }
  if (last.type === 'reasoning' && piece.type === 'reasoning') {
    const durationMs = piece.durationMs ?? last.durationMs;
    return {
      type: 'reasoning',
      text: last.text + piece.text,
      ...(durationMs !== undefined && { durationMs }),
    };
  }
  if (last.type === 'tool-call' && piece.type === 'tool-call' && last.id === piece.id) {
    return {
      type: 'tool-call',
      id: last.id,
      name: last.name === '' ? piece.name : last.name,
      arguments: last.arguments + piece.arguments,
    };
  }
  return undefined;
}

/** What a person reads and copies: the text parts, without thoughts and tool calls. */
export function textOf(parts: readonly AnswerPart[]): string {
  return parts
    .filter((part) => part.type === 'text')
    .map((part) => part.text)
    .join('\n\n')
    .trim();
}

/** Words for the spoken status. Counts Han characters by dictionary words where the platform can. */
export function countWords(text: string, language: string): number {
  const segmenter = new Intl.Segmenter(language, { granularity: 'word' });
  let words = 0;
  for (const segment of segmenter.segment(text)) if (segment.isWordLike === true) words += 1;
  return words;
}
