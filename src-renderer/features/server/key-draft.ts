import type { ApiKey } from '../../api.ts';

export const keySpans = ['forever', 'day', 'month', 'year'] as const;
export type KeySpan = (typeof keySpans)[number];
export const keyPrivacies = ['trusted', 'any', 'this-machine'] as const;
export type KeyPrivacy = (typeof keyPrivacies)[number];

/** What a key will be allowed, as it is being chosen. */
export interface KeyDraft {
  /** Empty: every pool of its person. */
  readonly poolId: string;
  readonly span: KeySpan;
  readonly privacy: KeyPrivacy;
  /** Undefined: all, also later ones. */
  readonly models: readonly string[] | undefined;
}

export const newKeyDraft: KeyDraft = {
  poolId: '',
  span: 'forever',
  privacy: 'trusted',
  models: undefined,
};

const dayMs = 86_400_000;
const lasts: Readonly<Record<Exclude<KeySpan, 'forever'>, number>> = {
  day: dayMs,
  month: 30 * dayMs,
  year: 365 * dayMs,
};

type KeyScope = Partial<Pick<ApiKey, 'poolId' | 'expiresAt' | 'models' | 'privacy'>>;

/** The same for the gateway; what is left to it is absent. */
export function keyScope({ poolId, span, privacy, models }: KeyDraft, now: number): KeyScope {
  return {
    ...(poolId !== '' && { poolId }),
    ...(span !== 'forever' && { expiresAt: now + lasts[span] }),
    ...(models !== undefined && models.length > 0 && { models: [...models] }),
    privacy,
  };
}
