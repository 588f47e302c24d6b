import type { InferenceChunk, TextChunk } from '../../../core/inference.ts';

/**
 * Ends an answer of one choice at the first stop string, for servers that lose text around it.
 * Nothing that may still become a stop string is handed on; what comes after one is never asked for.
 */
export async function* cutAtStop(
  answer: AsyncIterable<InferenceChunk>,
  stops: readonly string[],
  finishAt: (chunk: TextChunk, stop: string) => InferenceChunk,
): AsyncGenerator<InferenceChunk, void, undefined> {
  let held = '';
  for await (const chunk of answer) {
    if (chunk.type !== 'text') {
      if (held !== '' && chunk.type === 'finish') yield { type: 'text', text: held, choice: 0 };
      yield chunk;
      continue;
    }
    const text = held + chunk.text;
    const hit = firstStop(text, stops);
    if (hit !== undefined) {
      if (hit.at > 0) yield { ...chunk, text: text.slice(0, hit.at) };
      yield finishAt(chunk, hit.stop);
      return;
    }
    const safe = text.length - unsafeLength(text, stops);
    held = text.slice(safe);
    if (safe > 0) yield { ...chunk, text: text.slice(0, safe) };
  }
}

function firstStop(text: string, stops: readonly string[]) {
  return stops
    .map((stop) => ({ stop, at: text.indexOf(stop) }))
    .filter(({ at }) => at >= 0)
    .toSorted((a, b) => a.at - b.at)[0];
}

/** How much of the end may be the beginning of a stop string. */
function unsafeLength(text: string, stops: readonly string[]): number {
  const longest = Math.max(0, ...stops.map((stop) => stop.length - 1));
  for (let length = Math.min(longest, text.length); length > 0; length -= 1) {
    const end = text.slice(-length);
    if (stops.some((stop) => stop.startsWith(end))) return length;
  }
  return 0;
}
