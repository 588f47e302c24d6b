import type { LimitUse, UsageLimits } from '../../../api.ts';

export type LimitName = LimitUse['limit'];

/** In the order in which they are shown: rates, then what a day and a month hold. */
export const limitNames: readonly LimitName[] = [
  'requestsPerMinute',
  'tokensPerMinute',
  'concurrentRequests',
  'tokensPerDay',
  'tokensPerMonth',
  'spendMicrosPerDay',
  'spendMicrosPerMonth',
];

/** Limits as they are typed: empty is unlimited, money is in dollars. */
export type LimitDraft = Readonly<Record<LimitName, string>>;

export const noLimits: LimitDraft = {
  requestsPerMinute: '',
  tokensPerMinute: '',
  concurrentRequests: '',
  tokensPerDay: '',
  tokensPerMonth: '',
  spendMicrosPerDay: '',
  spendMicrosPerMonth: '',
};

const largest = 1_000_000_000_000;
const microsPerDollar = 1_000_000;

/** Whether a limit is money and typed in dollars. */
export function isMoney(name: LimitName): boolean {
  return name === 'spendMicrosPerDay' || name === 'spendMicrosPerMonth';
}

export function limitDraftOf(limits: UsageLimits | undefined): LimitDraft {
  const texts = limitNames.map((name) => {
    const value = limits?.[name];
    if (value === undefined) return [name, ''] as const;
    return [name, String(isMoney(name) ? value / microsPerDollar : value)] as const;
  });
  return { ...noLimits, ...Object.fromEntries(texts) };
}

/**
 * A typed amount: blanks and commas between digits are forgiven, `k` and `M` count thousands and millions.
 * Undefined for what is no amount.
 */
export function amountOf(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)([km]?)$/iu.exec(text.replaceAll(/[\s,$]/gu, ''));
  if (match === null) return undefined;
  const scale = { '': 1, k: 1000, m: 1_000_000 }[match[2]?.toLowerCase() ?? ''] ?? 1;
  return Number(match[1]) * scale;
}

function valueOf(name: LimitName, text: string): number | undefined {
  const amount = amountOf(text);
  if (amount === undefined) return undefined;
  const value = Math.round(isMoney(name) ? amount * microsPerDollar : amount);
  return value <= largest ? value : undefined;
}

/** The first limit that cannot be read; undefined when all can. */
export function limitProblem(draft: LimitDraft): LimitName | undefined {
  return limitNames.find(
    (name) => draft[name].trim() !== '' && valueOf(name, draft[name]) === undefined,
  );
}

/** The same for the gateway; undefined where nothing is limited. */
export function limitsOf(draft: LimitDraft): UsageLimits | undefined {
  const limits = limitNames.flatMap((name) => {
    const value = valueOf(name, draft[name]);
    return value === undefined ? [] : [[name, value] as const];
  });
  return limits.length === 0 ? undefined : Object.fromEntries(limits);
}
