import type { Clock } from '../../core/clock.ts';
import type { InferenceChunk } from '../../core/inference.ts';

export interface Bounds {
  readonly ttlMs: number;
  readonly maxBytes: number;
}

interface Kept<Answer> {
  readonly answer: Answer;
  readonly sizeBytes: number;
  readonly keptAt: number;
}

/** Answers by key: the least recently used go first when there is no more room. */
export class KeptAnswers<Answer> {
  private readonly clock: Pick<Clock, 'monotonic'>;
  private readonly kept = new Map<string, Kept<Answer>>();
  private total = 0;

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.clock = clock;
  }

  get sizeBytes(): number {
    return this.total;
  }

  get count(): number {
    return this.kept.size;
  }

  find(key: string, ttlMs: number): Answer | undefined {
    const entry = this.kept.get(key);
    if (entry === undefined) return undefined;
    if (this.clock.monotonic() - entry.keptAt >= ttlMs) {
      this.remove(key);
      return undefined;
    }
    // A map keeps the order of insertion: what was used last stands at the end.
    this.kept.delete(key);
    this.kept.set(key, entry);
    return entry.answer;
  }

  keep(key: string, answer: Answer, sizeBytes: number, { ttlMs, maxBytes }: Bounds): void {
    this.remove(key);
    if (sizeBytes > maxBytes) return;
    const keptAt = this.clock.monotonic();
    this.kept.set(key, { answer, sizeBytes, keptAt });
    this.total += sizeBytes;
    for (const [oldest, entry] of this.kept) {
      const isOver = keptAt - entry.keptAt >= ttlMs;
      if (!isOver && this.total <= maxBytes) break;
      this.remove(oldest);
    }
  }

  remove(key: string): void {
    const entry = this.kept.get(key);
    if (entry === undefined) return;
    this.kept.delete(key);
    this.total -= entry.sizeBytes;
  }

  clear(): void {
    this.kept.clear();
    this.total = 0;
  }
}

/** What an object costs besides its text. */
const chunkOverhead = 200;
const bytesPerNumber = 8;

/** About how much memory a piece of an answer takes. */
export function sizeOf(chunk: InferenceChunk): number {
  switch (chunk.type) {
    case 'text':
    case 'reasoning':
    case 'raw':
      return chunkOverhead + 2 * chunk.text.length + bytesPerNumber * (chunk.tokens?.length ?? 0);
    case 'tool-call':
      return chunkOverhead + 2 * chunk.argumentsDelta.length;
    case 'bytes':
      return chunkOverhead + chunk.bytes.byteLength;
    case 'embedding':
      return chunkOverhead + bytesPerNumber * chunk.vector.length;
    case 'scores':
      return chunkOverhead + bytesPerNumber * chunk.scores.length;
    case 'head':
    case 'status':
    case 'finish':
      return 2 * chunkOverhead;
  }
}
