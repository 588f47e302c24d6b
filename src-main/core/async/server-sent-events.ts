import { MillpondError } from '../error.ts';

/** Characters of one event; above what any honest server says at once. */
const longestEvent = 16 * 1024 * 1024;

/**
 * The `data` payloads of an event stream (WHATWG HTML §9.2), one per event, comments skipped.
 * Only what inference APIs use: no event names, ids or retry times. Rejects with `unavailable` for an
 * event that does not end.
 */
export async function* readServerSentEvents(
  body: AsyncIterable<Uint8Array>,
): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder();
  let pending = '';
  let data: string[] = [];
  let length = 0;
  for await (const bytes of body) {
    const text = decoder.decode(bytes, { stream: true });
    pending += text;
    length += text.length;
    if (length > longestEvent) throw endless();
    // A line that has not ended is not searched through again with every piece of it.
    if (!/[\r\n]/.test(text)) continue;
    const lines = pending.split(/\r\n|\n|\r(?!$)/);
    pending = lines.pop() ?? '';
    for (const line of lines) {
      if (line === '') {
        if (data.length > 0) yield data.join('\n');
        data = [];
        length = pending.length;
      } else if (line.startsWith('data:')) {
        data.push(line.slice(line[5] === ' ' ? 6 : 5));
      }
    }
  }
}

function endless(): MillpondError {
  const sentence = 'The server sent a piece that is larger than any answer; try again';
  return new MillpondError('unavailable', sentence);
}
