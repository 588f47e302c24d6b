import type { InferenceChunk, ServedBy } from '../../core/inference.ts';

export interface AnswerStamp {
  readonly servedBy: ServedBy;
  /** Time before the engine got the request, without loading. */
  readonly queuedMs: number;
  readonly loadMs: number;
}

/** Adds what only the manager knows: who answered, and how long the request waited before that. */
export function stampChunk(chunk: InferenceChunk, stamp: AnswerStamp): InferenceChunk {
  switch (chunk.type) {
    case 'head':
      return { ...chunk, servedBy: stamp.servedBy };
    case 'finish': {
      const { timings } = chunk;
      const queuedMs = timings.queuedMs + stamp.queuedMs;
      return { ...chunk, timings: { ...timings, queuedMs, loadMs: stamp.loadMs } };
    }
    default:
      return chunk;
  }
}
