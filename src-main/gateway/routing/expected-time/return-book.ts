/** Prompts that are watched for coming back; the oldest is given up. */
const maxWatched = 4096;
/** Who has not come back after this long counts as gone. */
const goneAfterMs = 180_000;
/** Counts are halved beyond this, so that what people do now counts. */
const maxCount = 500;
/** How many observations what we assume at first is worth. */
const priorCount = 8;
/** How long those that come back are away on average, as long as nobody has been seen to. */
const priorAwayMs = 90_000;
/** Nothing is certain: what is worth keeping is not worth everything. */
const highestChance = 0.95;

/** Prompts that continued one before mostly go on again; the first of a conversation may be its last. */
type Kind = 'continued' | 'fresh';
const priorShare: Record<Kind, number> = { continued: 0.95, fresh: 0.8 };

/** A prompt that was answered and may be asked on. Times are monotonic milliseconds. */
export interface LeftPrompt {
  readonly kind: Kind;
  readonly at: number;
  /** It was asked on: what is left of it where it was is worth nothing any more. */
  isBack: boolean;
}

/** Learns which share of conversations goes on, and how soon: what a prompt in a slot is worth. */
export class ReturnBook {
  private readonly watched = new Map<string, LeftPrompt>();
  private readonly counts = { continued: { back: 0, all: 0 }, fresh: { back: 0, all: 0 } };
  /** Which share comes back, by kind: asked for each slot of each decision, learned now and then. */
  private readonly shares: Record<Kind, number> = { continued: 0, fresh: 0 };
  private readonly awayMs = new MeanAway();

  constructor() {
    this.learn('continued');
    this.learn('fresh');
  }

  /** The prompt with this last mark as it was left; undefined when it is not known or came back. */
  get(mark: string | undefined): LeftPrompt | undefined {
    return mark === undefined ? undefined : this.watched.get(mark);
  }

  /** Whether this prompt goes on from one that was answered before; that one is back then. */
  asked(marks: readonly string[], now: number): boolean {
    for (let index = marks.length - 1; index >= 0; index -= 1) {
      const mark = marks[index];
      const left = this.get(mark);
      if (mark === undefined || left === undefined) continue;
      this.watched.delete(mark);
      left.isBack = true;
      this.awayMs.add(Math.max(1, now - left.at));
      this.count(left.kind, 1);
      return true;
    }
    return false;
  }

  left(mark: string | undefined, kind: Kind, now: number): void {
    if (mark === undefined) return;
    this.watched.delete(mark);
    this.watched.set(mark, { kind, at: now, isBack: false });
    for (const [oldest, { at, kind: oldKind }] of this.watched) {
      if (now - at < goneAfterMs && this.watched.size <= maxWatched) return;
      this.watched.delete(oldest);
      this.count(oldKind, 0);
    }
  }

  /**
   * 0 to below 1: how likely somebody comes back to it, left so long ago. Whoever comes back mostly
   * does so soon: the longer nobody has, the likelier nobody will.
   */
  chance(kind: Kind, ageMs: number): number {
    const share = this.shares[kind];
    const late = share * Math.exp(-Math.max(0, ageMs) / this.awayMs.value);
    return late / (late + 1 - share);
  }

  private count(kind: Kind, back: 0 | 1): void {
    const count = this.counts[kind];
    count.back += back;
    count.all += 1;
    if (count.all > maxCount) {
      count.back /= 2;
      count.all /= 2;
    }
    this.learn(kind);
  }

  private learn(kind: Kind): void {
    const { all, back } = this.counts[kind];
    const share = (back + priorCount * priorShare[kind]) / (all + priorCount);
    this.shares[kind] = Math.min(highestChance, share);
  }
}

/** The mean time away, the newest counting most. */
class MeanAway {
  /** Milliseconds. */
  value = priorAwayMs;
  private count = priorCount;

  add(ms: number): void {
    this.count = Math.min(this.count + 1, maxCount);
    this.value += (ms - this.value) / this.count;
  }
}
