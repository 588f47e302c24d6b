import { heldLength } from './marker-search.ts';

export interface StopScan {
  /** Text that is certainly not part of a stop string. */
  readonly text: string;
  readonly stop: string | undefined;
}

/** Looks for stop strings in a stream of text and holds back what may become one. */
export class StopScanner {
  private readonly stops: readonly string[];
  private held = '';

  constructor(stops: readonly string[]) {
    this.stops = stops.filter((stop) => stop !== '');
  }

  get heldLength(): number {
    return this.held.length;
  }

  push(text: string): StopScan {
    const all = this.held + text;
    const found = this.firstComplete(all);
    if (found !== undefined) {
      this.held = '';
      return { text: all.slice(0, found.index), stop: found.stop };
    }
    const kept = heldLength(all, this.stops);
    this.held = all.slice(all.length - kept);
    return { text: all.slice(0, all.length - kept), stop: undefined };
  }

  /** The text goes elsewhere or ends: what was held back is text after all. */
  release(): string {
    const { held } = this;
    this.held = '';
    return held;
  }

  /** The stop string that is complete first, so that the result does not depend on where text is cut. */
  private firstComplete(text: string): { stop: string; index: number } | undefined {
    let first: { stop: string; index: number } | undefined;
    for (const stop of this.stops) {
      const index = text.indexOf(stop);
      if (index < 0) continue;
      const end = index + stop.length;
      const firstEnd = first === undefined ? Infinity : first.index + first.stop.length;
      if (end < firstEnd || (end === firstEnd && stop.length > (first?.stop.length ?? 0))) {
        first = { stop, index };
      }
    }
    return first;
  }
}
