import type { Clock } from '../../core/clock.ts';
import type { MillpondError } from '../../core/error.ts';

/** A key as a person may see it. */
export interface KeyView {
  readonly prefix: string;
  /** Epoch milliseconds until which it is left alone. */
  readonly coolsUntil?: number;
}

interface Rest {
  readonly until: number;
  /** Why it is left alone; told to callers when no other key is left. */
  readonly failure: MillpondError;
}

/** How long a key rests when the server did not say. */
const restAfterRefusalMs = 60_000;
const restAfterLimitMs = 10_000;

/** The keys of one server: asked in rotation, and left alone for a while when one is refused. */
export class KeyRing {
  private readonly keys: readonly string[];
  private readonly clock: Pick<Clock, 'now'>;
  private readonly resting = new Map<string, Rest>();
  private turn = 0;

  constructor(keys: readonly string[], clock: Pick<Clock, 'now'>) {
    this.keys = [...new Set(keys)];
    this.clock = clock;
  }

  get isEmpty(): boolean {
    return this.keys.length === 0;
  }

  /** The next key that is not resting; undefined when there is none. */
  take(): string | undefined {
    for (let step = 0; step < this.keys.length; step += 1) {
      const key = this.keys[(this.turn + step) % this.keys.length];
      if (key === undefined || this.restOf(key) !== undefined) continue;
      this.turn = (this.turn + step + 1) % this.keys.length;
      return key;
    }
    return undefined;
  }

  /** A key for small questions: costs nobody's turn, and a resting one is better than none. */
  any(): string | undefined {
    return this.keys.find((key) => this.restOf(key) === undefined) ?? this.keys[0];
  }

  rest(key: string, failure: MillpondError): void {
    const usual = failure.code === 'rate-limited' ? restAfterLimitMs : restAfterRefusalMs;
    const until = this.clock.now() + (failure.retryAfterMs ?? usual);
    this.resting.set(key, { until, failure });
  }

  /** The key that rests for the shortest time yet. */
  soonest(): Rest | undefined {
    const rests = this.keys.flatMap((key) => this.restOf(key) ?? []);
    return rests.toSorted((a, b) => a.until - b.until)[0];
  }

  views(): readonly KeyView[] {
    return this.keys.map((key) => {
      const rest = this.restOf(key);
      return { prefix: prefixOf(key), ...(rest && { coolsUntil: rest.until }) };
    });
  }

  private restOf(key: string): Rest | undefined {
    const rest = this.resting.get(key);
    if (rest === undefined || rest.until > this.clock.now()) return rest;
    this.resting.delete(key);
    return undefined;
  }
}

const shownCharacters = 6;

/** Never more than a third of it, so that a short key stays a secret too. */
function prefixOf(key: string): string {
  return key.slice(0, Math.min(shownCharacters, Math.floor(key.length / 3)));
}
