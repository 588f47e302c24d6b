import type { TFunction } from 'i18next';
import type { LimitUse } from '../../../api.ts';
import type { Format } from '../../../i18n/format.ts';
import { isMoney } from './limit-draft.ts';

/** Where people are told that a limit comes near: the sill of its level. */
export const warnShare = 0.8;

/** Whether so much is used that somebody should know. */
export function isNear({ used, allowed }: LimitUse): boolean {
  return used >= allowed * warnShare;
}

/** "58 of 60 requests a minute". */
export function limitWords(use: LimitUse, t: TFunction, format: Format): string {
  const write = isMoney(use.limit) ? format.money : format.compact;
  return t(`limits.use.${use.limit}`, { used: write(use.used), allowed: write(use.allowed) });
}
