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
  const splitter = new FrameSplitter();
  for await (const bytes of body) {
    const frames = splitter.take(bytes);
    if (frames.length > 0) yield frames;
  }
}

/** The same for who reads the pieces already: every token passes here. */
export class FrameSplitter {
  private readonly decoder = new TextDecoder();
  private pending = '';
  private searched = 0;

  /** The events that are whole with this piece. Throws `unavailable` for one that does not end. */
  take(bytes: Uint8Array): readonly SseFrame[] {
    const text = this.decoder.decode(bytes, { stream: true });
    const plain = this.pending === '' ? plainFrameOf(text) : undefined;
    if (plain !== undefined) return [plain];
    this.pending += text;
    const frames: SseFrame[] = [];
    let done = 0;
    // An end may have begun three characters before this piece.
    frameEnd.lastIndex = Math.max(0, this.searched - 3);
    for (let end = frameEnd.exec(this.pending); end !== null; end = frameEnd.exec(this.pending)) {
      frames.push(frameOf(this.pending.slice(done, frameEnd.lastIndex)));
      done = frameEnd.lastIndex;
    }
    this.pending = this.pending.slice(done);
    this.searched = this.pending.length;
    if (this.pending.length > longestFrame) throw endless();
    return frames;
  }
}

/** Most events are one line of data and an empty one, and come alone. Undefined for any other text. */
function plainFrameOf(text: string): SseFrame | undefined {
  const end = text.indexOf('\n');
  const isPlain =
    end > 0 && end === text.length - 2 && text.endsWith('\n') && text.startsWith('data:');
  if (!isPlain || text.includes('\r')) return undefined;
  return { text, data: valueOf(text.slice(0, end), 5) };
}

function frameOf(text: string): SseFrame {
  const plain = plainFrameOf(text);
  if (plain !== undefined) return plain;
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
