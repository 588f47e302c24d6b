import type { InferenceChunk } from '../../core/inference.ts';

/** An answer once more: its head says that nobody was asked for it, and nobody waited. */
export function asReplayed(chunk: InferenceChunk): InferenceChunk {
  if (chunk.type === 'head') {
    // What was left of the limits was true for the one who asked then.
    const { limits: _then, ...head } = chunk;
    const { 'x-millpond-attempts': _attempts, ...headers } = head.headers;
    return { ...head, headers: { ...headers, 'x-millpond-cache': 'hit' } };
  }
  if (chunk.type !== 'finish') return chunk;
  const timings = { queuedMs: 0, loadMs: 0, prefillMs: 0, firstTokenMs: 0, decodeMs: 0 };
  return { ...chunk, timings };
}
