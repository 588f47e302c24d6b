import type { ModelPrice, UsageGrouping, UsageSum } from '../../contract/usage.ts';
import type { TokenUsage } from '../../core/usage.ts';

/** What one answer costs. Micros are millionths of a US dollar. */
export type Cost =
  | { readonly isPriced: true; readonly micros: number; readonly note?: CostNote }
  /** A cloud model whose price nobody has told: never to be taken for 0. */
  | { readonly isPriced: false };

/** Its usage could not be right and was charged as if nothing beyond the prompt had been cached. */
export type CostNote = 'cached-exceeds-prompt';

export interface PricedAnswer {
  /** The concrete model that answered, as callers call it; never an alias. */
  readonly model: string;
  /** The cloud provider as its owner calls it; absent: a machine of one's own, which is free unless priced. */
  readonly provider?: string | undefined;
  readonly usage: TokenUsage;
}

/** One of those who may answer, as an estimate reckons with them. */
export type PricedCandidate = Pick<PricedAnswer, 'model' | 'provider'>;

/** Prices as limits, log and routing read them. Every call is a read of memory. */
export interface Prices {
  costMicros(answer: PricedAnswer): Cost;
  /**
   * The most that one of the candidates would cost with nothing cached. Candidates without a known price
   * count as 0: nobody could settle them either. 0 for none.
   */
  estimateMicros(
    candidates: readonly PricedCandidate[],
    promptTokens: number,
    maxTokens: number,
  ): number;
}

/** What the cloud providers of this gateway are and serve. Every call is a read of memory. */
export interface PricedProviders {
  /** Undefined for a provider that does not exist. */
  describe(
    provider: string,
    model: string,
  ):
    | {
        /** Its preset, such as `anthropic`. */
        readonly preset: string;
        /** What it calls the model itself. */
        readonly upstreamName: string;
      }
    | undefined;
  /** Every cloud model that is served, by its public name. */
  served(): readonly { readonly model: string; readonly provider: string }[];
}

/** A price that somebody set. */
export type StoredPrice = Omit<ModelPrice, 'source' | 'asOf'>;

/** Prices that people set, at rest. */
export interface PriceStore {
  list(): Promise<readonly StoredPrice[]>;
  /** Replaces the one for the same model and provider. */
  save(price: StoredPrice): Promise<void>;
  remove(model: string, provider?: string): Promise<void>;
}

/** What the sums are asked of. */
export interface UsageFilter {
  readonly keyId?: string | undefined;
  readonly personId?: string | undefined;
  readonly model?: string | undefined;
  /** The upstream that answered. */
  readonly machine?: string | undefined;
  readonly provider?: string | undefined;
  readonly poolId?: string | undefined;
}

/** From here (inclusive) to there (exclusive), in epoch milliseconds at the beginning of hours. */
export interface UsageRange {
  readonly from: number;
  readonly to: number;
}

export interface UsagePoint {
  /** Some moment of the hour or day that it is the sum of. */
  readonly at: number;
  /** Empty for what has none. */
  readonly group: string;
  readonly sum: UsageSum;
}

/** What one local day adds to one account. Empty ids: none. */
export interface UsageDay {
  /** `2026-11-21`. */
  readonly day: string;
  readonly keyId: string;
  readonly personId: string;
  readonly model: string;
  readonly machine: string;
  readonly provider: string;
  readonly poolId: string;
  readonly sum: UsageSum;
}

/** Sums of the requests that the log holds or held. They are written together with it. */
export interface UsageStore {
  /** In the order of time. */
  points(
    range: UsageRange,
    by: UsageGrouping,
    step: 'hour' | 'day',
    filter: UsageFilter,
  ): Promise<readonly UsagePoint[]>;
  /** Oldest day first. */
  days(range: UsageRange, filter: UsageFilter): Promise<readonly UsageDay[]>;
  /** What keys and machines were called when they were used last. */
  labels(): Promise<readonly UsageLabel[]>;
}

export interface UsageLabel {
  readonly kind: 'key' | 'machine';
  readonly id: string;
  readonly label: string;
}
