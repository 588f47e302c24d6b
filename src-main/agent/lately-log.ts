import type { Clock } from '../core/clock.ts';

/** One turn of sharing, for people. */
export interface LatelyLine {
  readonly at: number;
  readonly kind: 'shared' | 'finishing' | 'paused' | 'moved';
  readonly reason: string;
  /** Answers that were running, finished or handed over. */
  readonly answers?: number;
}

const keptLines = 50;

/** What happened to sharing since the start; newest first, bounded. */
export class LatelyLog {
  private readonly clock: Pick<Clock, 'now'>;
  private readonly kept: LatelyLine[] = [];

  constructor(clock: Pick<Clock, 'now'>) {
    this.clock = clock;
  }

  note(kind: LatelyLine['kind'], reason: string, answers: number): void {
    const at = this.clock.now();
    this.kept.unshift({ at, kind, reason, ...(answers > 0 && { answers }) });
    this.kept.length = Math.min(this.kept.length, keptLines);
  }

  lines(): readonly LatelyLine[] {
    return [...this.kept];
  }
}
