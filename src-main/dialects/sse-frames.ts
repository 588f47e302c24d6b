import { MillpondError } from '../core/error.ts';

/** One server-sent event as its server wrote it. */
export interface SseFrame {
  /** Every character of it, with the empty line behind it. */
  readonly text: string;
  /** Its name; absent where it has none. */
  readonly event?: string;
  /** Its payload; empty for comments. */
  readonly data: string;
}

/** Characters of one event; above what any honest server says at once. */
const longestFrame = 16 * 1024 * 1024;

/** A line that ends, and an empty one behind it. A carriage return may be half of an ending. */
const frameEnd = /(?:\r\n|\n|\r(?!\n|$))(?:\r\n|\n|\r(?!\n|$))/g;

/**
 * The events of a stream, whole and unchanged; together those that came in one piece. What follows the
 * last empty line is no event. Rejects with `unavailable` for an event that does not end.
 */
export async function* readFrames(
  body: AsyncIterable<Uint8Array>,
): AsyncGenerator<readonly SseFrame[], void, undefined> {
  const decoder = new TextDecoder();
  let pending = '';
  let searched = 0;
  for await (const bytes of body) {
    pending += decoder.decode(bytes, { stream: true });
    const frames: SseFrame[] = [];
    let done = 0;
    // An end may have begun three characters before this piece.
    frameEnd.lastIndex = Math.max(0, searched - 3);
    for (let end = frameEnd.exec(pending); end !== null; end = frameEnd.exec(pending)) {
      frames.push(frameOf(pending.slice(done, frameEnd.lastIndex)));
      done = frameEnd.lastIndex;
    }
    pending = pending.slice(done);
    searched = pending.length;
    if (pending.length > longestFrame) throw endless();
    if (frames.length > 0) yield frames;
  }
}

function frameOf(text: string): SseFrame {
  let event: string | undefined;
  const data: string[] = [];
  for (const line of text.split(/\r\n|\n|\r/)) {
    if (line.startsWith('data:')) data.push(valueOf(line, 5));
    else if (line.startsWith('event:')) event = valueOf(line, 6);
  }
  return { text, data: data.join('\n'), ...(event !== undefined && { event }) };
}

function valueOf(line: string, from: number): string {
  return line.slice(line[from] === ' ' ? from + 1 : from);
}

function endless(): MillpondError {
  const sentence = 'The server sent a piece that is larger than any answer; try again';
  return new MillpondError('unavailable', sentence);
}
