import type { ModelRates } from '../../../core/node.ts';
import { BoundedMap } from './bounded-map.ts';
import type { MeasuredRates } from './ranking.ts';
import { RunningMean } from './running-mean.ts';

/** Models, and machines of each, whose rates are remembered. */
const maxModels = 256;
const maxMachines = 1024;
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
  /** Both, once both were measured. */
  rates: ModelRates | undefined;
}

/** How fast machines were, by the gateway's own watch. */
export class RateBook implements MeasuredRates {
  private readonly models = new BoundedMap<string, BoundedMap<string, Entry>>(maxModels);

  of(upstreamId: string, modelKey: string): ModelRates | undefined {
    return this.models.get(modelKey)?.get(upstreamId)?.rates;
  }

  /**
   * A prompt of which so many tokens were read in that time. `isShared` tells that others were read
   * beside it: then it only proves that the machine is no slower than that.
   */
  prefilled(where: Where, tokens: number, ms: number, isShared: boolean): void {
    if (tokens < fewestPrefillTokens || !(ms > 0)) return;
    const entry = this.entry(where);
    const rate = (tokens / ms) * 1000;
    if (isShared && rate <= (entry.prefill.value ?? 0)) return;
    entry.prefill.add(rate, tokens / fullWeightTokens);
    entry.rates = ratesOf(entry);
  }

  /** An answer of so many tokens that was written in that time while `answers` were written. */
  decoded(where: Where, tokens: number, ms: number, answers: number): void {
    if (tokens < fewestDecodeTokens || !(ms > 0)) return;
    const entry = this.entry(where);
    entry.decode.add((tokens / ms) * 1000 * crowding(answers));
    entry.rates = ratesOf(entry);
  }

  private entry({ modelKey, upstreamId }: Where): Entry {
    const machines = this.models.get(modelKey) ?? new BoundedMap<string, Entry>(maxMachines);
    this.models.set(modelKey, machines);
    const entry = machines.get(upstreamId) ?? {
      ...{ prefill: new RunningMean(), decode: new RunningMean() },
      rates: undefined,
    };
    machines.set(upstreamId, entry);
    return entry;
  }
}

function ratesOf({ decode, prefill }: Entry): ModelRates | undefined {
  if (prefill.value === undefined || decode.value === undefined) return undefined;
  return { prefillPerSecond: prefill.value, decodePerSecond: decode.value };
}

interface Where {
  readonly upstreamId: string;
  readonly modelKey: string;
}

/** How many times longer an answer takes when so many are written at once, itself included. */
export function crowding(answers: number): number {
  return 1 + contention * Math.max(0, answers - 1);
}
