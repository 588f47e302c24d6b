import type { UsageLimits } from '../../contract/limits.ts';
import type { ServedBy } from '../../core/inference.ts';
import type { TokenUsage } from '../../core/usage.ts';

/** Whose limits they are. Each key, person and model has its own. */
export interface LimitSubject {
  readonly kind: 'key' | 'person' | 'model';
  readonly id: string;
}

/** The limits in force. Read on every request: plain reads of memory. */
export interface LimitSource {
  ofKey(keyId: string): UsageLimits | undefined;
  ofPerson(personId: string): UsageLimits | undefined;
  ofModel(modelId: string): UsageLimits | undefined;
}

export type QuotaUnit = 'tokens' | 'micros';

/** One day's or month's account of a subject. */
export interface QuotaBook {
  /** Such as `key:ID`. */
  readonly subject: string;
  readonly unit: QuotaUnit;
  /** A local day such as `2026-11-21`, or a month such as `2026-11`. */
  readonly period: string;
}

export interface TakenQuota extends QuotaBook {
  readonly taken: number;
}

/**
 * What gateways have taken of quotas and budgets. A gateway takes ahead of use, so that whatever becomes
 * of it, never more is used than was taken here.
 */
export interface QuotaStore {
  /**
   * Adds up to `wanted`, never past `allowed`, as one step. Answers how much it was, and how much is taken
   * in all by now.
   */
  lease(
    book: QuotaBook,
    wanted: number,
    allowed: number,
  ): Promise<{ readonly granted: number; readonly taken: number }>;
  /** Gives back what was not used (negative), or adds what was used beyond the lease. Answers the new sum. */
  adjust(book: QuotaBook, by: number): Promise<number>;
  /** What is taken in these periods, by everybody who used something. */
  takenIn(periods: readonly string[]): Promise<readonly TakenQuota[]>;
  /** True for the first who asks for this book: that one tells people. */
  tell(book: QuotaBook): Promise<boolean>;
  /** Forgets the books of periods that sort before the given one. */
  prune(before: string): Promise<void>;
}

/** Rates of the last minute across a stop of the program. */
export interface RateStore {
  /**
   * What was written last, and marks the program as running. Undefined before the first start; a word
   * that holds no rates when the one before did not get to write.
   */
  open(): Promise<string | undefined>;
  /** Written on an orderly stop. */
  close(rates: string): Promise<void>;
}

/** Limits of models, at rest. */
export interface ModelLimitStore {
  list(): Promise<readonly { readonly modelId: string; readonly limits: UsageLimits }[]>;
  save(modelId: string, limits: UsageLimits): Promise<void>;
  remove(modelId: string): Promise<void>;
}

/** Somebody who may answer, as prices know them. */
export interface PricedCandidate {
  readonly model: string;
  readonly provider?: string | undefined;
}

/** Micros are millionths of a US dollar. Every call is a read of memory. */
export interface LimitPrices {
  /** The most that one of the candidates would cost; 0 where no price is known. */
  estimateMicros(
    candidates: readonly PricedCandidate[],
    promptTokens: number,
    maxTokens: number,
  ): number;
  costMicros(
    answer: PricedCandidate & { readonly usage: TokenUsage },
  ): { readonly isPriced: true; readonly micros: number } | { readonly isPriced: false };
}

/** What a quota or budget is used up to, told once per book. */
export interface LimitNotice {
  readonly subject: LimitSubject;
  readonly limit: 'tokensPerDay' | 'tokensPerMonth' | 'spendMicrosPerDay' | 'spendMicrosPerMonth';
  readonly allowed: number;
  readonly used: number;
  /** Epoch milliseconds. */
  readonly resetsAt: number;
}

export type AnsweredBy = Pick<ServedBy, 'model' | 'provider'>;
