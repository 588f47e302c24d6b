import type { ModelPrice, PriceTier } from '../../../api.ts';

/** One tier as it is typed: dollars per million tokens. */
export interface TierDraft {
  readonly key: number;
  /** Longest prompt of the tier; empty: any. */
  readonly maxInputTokens: string;
  readonly input: string;
  /** Empty: a fifth of `input`. */
  readonly cachedInput: string;
  /** Empty: as `input`. */
  readonly cacheWrite: string;
  readonly output: string;
}

export interface PriceDraft {
  readonly model: string;
  /** Empty: whoever answers with the model. */
  readonly provider: string;
  readonly tiers: readonly TierDraft[];
  /** What the owner of a pool's machine earns; none when empty. */
  readonly contributorTiers: readonly TierDraft[];
}

const microsPerDollar = 1_000_000;

export function emptyTier(key: number): TierDraft {
  return { key, maxInputTokens: '', input: '', cachedInput: '', cacheWrite: '', output: '' };
}

/** Dollars per million tokens as micros, exactly; undefined for what is no price. */
export function microsOf(text: string): number | undefined {
  const match = /^\$?(\d{1,9})(?:\.(\d{1,6}))?$/u.exec(text.trim());
  if (match === null) return undefined;
  return Number(match[1]) * microsPerDollar + Number((match[2] ?? '').padEnd(6, '0'));
}

/** The shortest text that `microsOf` reads back. */
export function dollarsOf(micros: number): string {
  const [whole, rest] = [Math.floor(micros / microsPerDollar), micros % microsPerDollar];
  const fraction = String(rest).padStart(6, '0').replace(/0+$/u, '');
  return fraction === '' ? String(whole) : `${String(whole)}.${fraction}`;
}

function tierDraft(tier: PriceTier, key: number): TierDraft {
  const text = (micros: number | undefined) => (micros === undefined ? '' : dollarsOf(micros));
  return {
    key,
    maxInputTokens: tier.maxInputTokens === 0 ? '' : String(tier.maxInputTokens),
    input: dollarsOf(tier.inputMicros),
    cachedInput: text(tier.cachedInputMicros),
    cacheWrite: text(tier.cacheWriteMicros),
    output: dollarsOf(tier.outputMicros),
  };
}

/** A price to change, or one to be made for a model. */
export function priceDraftOf(
  price: Pick<ModelPrice, 'model' | 'provider'> & Partial<ModelPrice>,
): PriceDraft {
  const tiers = (price.tiers ?? []).map(tierDraft);
  return {
    model: price.model,
    provider: price.provider ?? '',
    tiers: tiers.length > 0 ? tiers : [emptyTier(0)],
    contributorTiers: (price.contributorTiers ?? []).map(tierDraft),
  };
}

function tierOf(draft: TierDraft): PriceTier | undefined {
  const [inputMicros, outputMicros] = [microsOf(draft.input), microsOf(draft.output)];
  const tokens = draft.maxInputTokens.trim().replaceAll(/[\s,]/gu, '');
  const isCount = tokens === '' || /^\d{1,12}$/u.test(tokens);
  if (inputMicros === undefined || outputMicros === undefined || !isCount) return undefined;
  const [cached, written] = [draft.cachedInput, draft.cacheWrite].map((text) =>
    text.trim() === '' ? 'absent' : microsOf(text),
  );
  if (cached === undefined || written === undefined) return undefined;
  return {
    maxInputTokens: tokens === '' ? 0 : Number(tokens),
    inputMicros,
    outputMicros,
    ...(cached !== 'absent' && { cachedInputMicros: cached }),
    ...(written !== 'absent' && { cacheWriteMicros: written }),
  };
}

export type PriceProblem = 'model' | 'price' | 'order';

/** Why the price cannot be kept yet; undefined when it can. */
export function priceProblem(draft: PriceDraft): PriceProblem | undefined {
  if (draft.model.trim() === '') return 'model';
  const all = [draft.tiers, draft.contributorTiers];
  if (all.flat().some((tier) => tierOf(tier) === undefined)) return 'price';
  return all.every(isRising) ? undefined : 'order';
}

/** The first tier that a prompt fits counts, so bounds rise and only the last may be open. */
function isRising(tiers: readonly TierDraft[]): boolean {
  const bounds = tiers.map((tier) => {
    const bound = tierOf(tier)?.maxInputTokens ?? 0;
    return bound === 0 ? Infinity : bound;
  });
  return bounds.every((bound, index) => index === 0 || bound > (bounds[index - 1] ?? 0));
}

/** The same for the gateway; undefined while something is wrong. */
export function priceOf(draft: PriceDraft) {
  if (priceProblem(draft) !== undefined) return undefined;
  const some = (tiers: readonly TierDraft[]) => tiers.flatMap((tier) => tierOf(tier) ?? []);
  const [provider, contributorTiers] = [draft.provider.trim(), some(draft.contributorTiers)];
  return {
    model: draft.model.trim(),
    ...(provider !== '' && { provider }),
    tiers: some(draft.tiers),
    ...(contributorTiers.length > 0 && { contributorTiers }),
  };
}
