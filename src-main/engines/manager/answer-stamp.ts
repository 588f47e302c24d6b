import type { InferenceChunk, ServedBy } from '../../core/inference.ts';
import type { ModelManifest } from '../../core/model.ts';

export interface AnswerStamp {
  readonly servedBy: ServedBy;
  /** Time before the engine got the request, without loading. */
  readonly queuedMs: number;
  readonly loadMs: number;
}

/** This machine, in the place of the name that its engine gave. */
export function servedHere({ id, digest }: ModelManifest, machine: string): ServedBy {
  return { upstream: 'local', machine, model: id, ...(digest !== undefined && { digest }) };
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
