import type { ApiKey } from '../../../api.ts';
import { limitDraftOf, limitProblem, limitsOf, noLimits } from '../limits/limit-draft.ts';
import type { LimitDraft } from '../limits/limit-draft.ts';

/** `kept` leaves the end of a key that exists as it is. */
export const keySpans = ['forever', 'day', 'month', 'year', 'kept'] as const;
export type KeySpan = (typeof keySpans)[number];
export const keyPrivacies = ['trusted', 'any', 'this-machine'] as const;
export type KeyPrivacy = (typeof keyPrivacies)[number];
export const keyKinds = ['personal', 'service'] as const;
export type KeyKind = (typeof keyKinds)[number];

/** What a key will be allowed, as it is being chosen. */
export interface KeyDraft {
  readonly name: string;
  /** Whose it is to be; empty: one's own. */
  readonly personId: string;
  readonly kind: KeyKind;
  /** Empty: every pool of its person. */
  readonly poolId: string;
  readonly span: KeySpan;
  readonly privacy: KeyPrivacy;
  /** Undefined: all, also later ones. */
  readonly models: readonly string[] | undefined;
  /** One address or network a line; empty: any. */
  readonly allowedIps: string;
  /** Separated by commas. */
  readonly tags: string;
  readonly limits: LimitDraft;
}

export const newKeyDraft: KeyDraft = {
  name: '',
  personId: '',
  kind: 'personal',
  poolId: '',
  span: 'forever',
  privacy: 'trusted',
  models: undefined,
  allowedIps: '',
  tags: '',
  limits: noLimits,
};

/** A key that exists, ready to be changed. */
export function keyDraftOf(key: ApiKey): KeyDraft {
  return {
    name: key.name,
    personId: key.personId ?? '',
    kind: key.kind ?? 'personal',
    poolId: key.poolId ?? '',
    span: key.expiresAt === undefined ? 'forever' : 'kept',
    privacy: key.privacy ?? 'trusted',
    models: key.models,
    allowedIps: (key.allowedIps ?? []).join('\n'),
    tags: (key.tags ?? []).join(', '),
    limits: limitDraftOf(key.limits),
  };
}

export type KeyProblem = 'name' | 'models' | 'limits';

/** Why the key cannot be kept yet; undefined when it can. */
export function keyProblem(draft: KeyDraft): KeyProblem | undefined {
  if (draft.name.trim() === '') return 'name';
  if (draft.models?.length === 0) return 'models';
  return limitProblem(draft.limits) === undefined ? undefined : 'limits';
}

const dayMs = 86_400_000;
const lasts: Readonly<Record<Exclude<KeySpan, 'forever' | 'kept'>, number>> = {
  day: dayMs,
  month: 30 * dayMs,
  year: 365 * dayMs,
};

type KeyScope = Pick<ApiKey, 'expiresAt' | 'models' | 'privacy' | 'allowedIps' | 'tags' | 'limits'>;

/** What a draft says of a key; what is left open is absent. */
export function keyScope(draft: KeyDraft, now: number): KeyScope {
  const { span, privacy, models } = draft;
  const allowedIps = piecesOf(draft.allowedIps, /[\s,;]+/u);
  const tags = piecesOf(draft.tags, /[,;\n]+/u);
  const limits = limitsOf(draft.limits);
  return {
    ...(span !== 'forever' && span !== 'kept' && { expiresAt: now + lasts[span] }),
    ...(models !== undefined && { models: [...models] }),
    privacy,
    ...(allowedIps.length > 0 && { allowedIps }),
    ...(tags.length > 0 && { tags }),
    ...(limits !== undefined && { limits }),
  };
}

/** What to tell the gateway about a new key. */
export function newKey(draft: KeyDraft, now: number) {
  const { personId, poolId, kind } = draft;
  return {
    name: draft.name.trim(),
    kind,
    ...(personId !== '' && { personId }),
    ...(poolId !== '' && { poolId }),
    ...keyScope(draft, now),
  };
}

/** What to tell the gateway about a key that exists: what the draft leaves open is taken away. */
export function keyChange(draft: KeyDraft, now: number) {
  const { expiresAt, models, privacy, allowedIps, tags, limits } = keyScope(draft, now);
  return {
    name: draft.name.trim(),
    ...(draft.span !== 'kept' && { expiresAt: expiresAt ?? null }),
    models: models ?? null,
    privacy,
    allowedIps: allowedIps ?? null,
    tags: tags ?? null,
    limits: limits ?? null,
  };
}

function piecesOf(text: string, between: RegExp): string[] {
  const pieces = text.split(between).map((piece) => piece.trim());
  return [...new Set(pieces.filter((piece) => piece !== ''))];
}
