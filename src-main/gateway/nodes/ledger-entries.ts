import type { TokenUsage } from '../../core/usage.ts';
import type { LedgerEntry } from './ports.ts';
import type { ServedPart } from './runs.ts';

/** A request that ended, as the ledger settles it. */
export interface SettledRequest {
  /** `2026-11-21`, when it ended. */
  readonly day: string;
  /** Who asked. */
  readonly personId: string;
  /** Empty when no key asked. */
  readonly keyId: string;
  /** The truth about its tokens; prompt and answer. */
  readonly usage: TokenUsage;
  readonly isDone: boolean;
  readonly parts: readonly ServedPart[];
  /** What the owners of machines earn together if none of them asked; 0 if absent. */
  readonly creditMicros?: number;
}

/**
 * What one request adds to the books. Each machine gets the tokens that it generated, the first one that
 * generated any also the prompt's; the asker is billed each of them once, in the same pool. So served
 * and consumed sums of a pool are always equal, however often an answer moved. The machine and the
 * asker that saw its end get the answer. Credit is split by tokens, and nobody earns by asking oneself.
 */
export function ledgerEntries(request: SettledRequest): LedgerEntry[] {
  const { parts, usage, isDone } = request;
  if (parts.length === 0) return [];
  const tokens = sharesOf(parts, usage);
  const credits = creditsOf(tokens, request.creditMicros ?? 0);
  const last = parts.length - 1;
  return parts.flatMap((part, index) => {
    const served = tokens[index] ?? 0;
    const answers = isDone && index === last ? 1 : 0;
    if (served === 0 && answers === 0) return [];
    const { poolId, machineId, ownerId } = part;
    const { day, personId, keyId } = request;
    const creditMicros = ownerId === personId ? 0 : (credits[index] ?? 0);
    return [
      entry(
        { poolId, day, personId: ownerId, machineId },
        { servedTokens: served, servedAnswers: answers, creditMicros },
      ),
      entry({ poolId, day, personId, keyId }, { consumedTokens: served, consumedAnswers: answers }),
    ];
  });
}

/** Splits what the request used: exactly its usage, whatever the single machines said. */
function sharesOf(parts: readonly ServedPart[], usage: TokenUsage): number[] {
  const shares = parts.map(({ tokens }) => tokens);
  const first = Math.max(
    0,
    shares.findIndex((tokens) => tokens > 0),
  );
  let left = usage.completionTokens;
  for (const [index, tokens] of shares.entries()) {
    const isLast = index === shares.length - 1;
    shares[index] = isLast ? left : Math.min(tokens, left);
    left -= shares[index];
  }
  shares[first] = (shares[first] ?? 0) + usage.promptTokens;
  return shares;
}

/** Splits a credit by tokens, so that the parts are exactly the whole. */
function creditsOf(tokens: readonly number[], creditMicros: number): number[] {
  const all = BigInt(tokens.reduce((sum, count) => sum + count, 0));
  let before = 0n;
  let given = 0;
  return tokens.map((count) => {
    before += BigInt(count);
    const upToHere = all === 0n ? 0 : Number((BigInt(creditMicros) * before) / all);
    const credit = upToHere - given;
    given = upToHere;
    return credit;
  });
}

type Account = Pick<LedgerEntry, 'poolId' | 'day' | 'personId'> &
  Partial<Pick<LedgerEntry, 'machineId' | 'keyId'>>;
type Figures = Pick<
  LedgerEntry,
  'servedTokens' | 'servedAnswers' | 'consumedTokens' | 'consumedAnswers' | 'creditMicros'
>;

function entry(account: Account, figures: Partial<Figures>): LedgerEntry {
  return { machineId: '', keyId: '', ...noFigures, ...account, ...figures };
}

export const noFigures: Figures = {
  servedTokens: 0,
  servedAnswers: 0,
  consumedTokens: 0,
  consumedAnswers: 0,
  creditMicros: 0,
};

export function addFigures<T extends Figures>(to: T, more: Figures): T {
  return {
    ...to,
    servedTokens: to.servedTokens + more.servedTokens,
    servedAnswers: to.servedAnswers + more.servedAnswers,
    consumedTokens: to.consumedTokens + more.consumedTokens,
    consumedAnswers: to.consumedAnswers + more.consumedAnswers,
    creditMicros: to.creditMicros + more.creditMicros,
  };
}
