import type { ModelRates } from '../../../core/node.ts';
import { BoundedMap } from './bounded-map.ts';
import type { MeasuredRates } from './ranking.ts';
import { RunningMean } from './running-mean.ts';

/** Machines times models whose rates are remembered. */
const maxEntries = 10_000;
/** Fewer tokens than this are over before a rate can be told from what surrounds it. */
const fewestPrefillTokens = 128;
const fewestDecodeTokens = 8;
/** A prompt of this many tokens or more counts in full, a shorter one in proportion. */
const fullWeightTokens = 1024;
/** What each answer beside the first costs the others, as a share of an answer's time. */
const contention = 0.25;

interface Entry {
  readonly prefill: RunningMean;
  readonly decode: RunningMean;
}

/** How fast machines were, by the gateway's own watch. */
export class RateBook implements MeasuredRates {
  private readonly entries = new BoundedMap<string, Entry>(maxEntries);

  of(upstreamId: string, modelKey: string): ModelRates | undefined {
    const entry = this.entries.get(keyOf(upstreamId, modelKey));
    const prefillPerSecond = entry?.prefill.value;
    const decodePerSecond = entry?.decode.value;
    if (prefillPerSecond === undefined || decodePerSecond === undefined) return undefined;
    return { prefillPerSecond, decodePerSecond };
  }

  /**
   * A prompt of which so many tokens were read in that time. `isShared` tells that others were read
   * beside it: then it only proves that the machine is no slower than that.
   */
  prefilled(where: Where, tokens: number, ms: number, isShared: boolean): void {
    if (tokens < fewestPrefillTokens || !(ms > 0)) return;
    const { prefill } = this.entry(where);
    const rate = (tokens / ms) * 1000;
    if (isShared && rate <= (prefill.value ?? 0)) return;
    prefill.add(rate, tokens / fullWeightTokens);
  }

  /** An answer of so many tokens that was written in that time while `answers` were written. */
  decoded(where: Where, tokens: number, ms: number, answers: number): void {
    if (tokens < fewestDecodeTokens || !(ms > 0)) return;
    this.entry(where).decode.add((tokens / ms) * 1000 * crowding(answers));
  }

  private entry({ upstreamId, modelKey }: Where): Entry {
    const key = keyOf(upstreamId, modelKey);
    const entry = this.entries.get(key) ?? {
      prefill: new RunningMean(),
      decode: new RunningMean(),
    };
    this.entries.set(key, entry);
    return entry;
  }
}

interface Where {
  readonly upstreamId: string;
  readonly modelKey: string;
}

/** How many times longer an answer takes when so many are written at once, itself included. */
export function crowding(answers: number): number {
  return 1 + contention * Math.max(0, answers - 1);
}

function keyOf(upstreamId: string, modelKey: string): string {
  return `${upstreamId}\n${modelKey}`;
}
