import type { ServedBy } from '../../core/inference.ts';
import type { MillpondError } from '../../core/error.ts';
import { encodeError } from './errors.ts';

export const doneFrame = 'data: [DONE]\n\n';

/** The last event of a broken stream; no `[DONE]` follows, so nobody takes half an answer for whole. */
export function errorFrame(error: MillpondError, requestId: string): string {
  return `data: ${JSON.stringify(encodeError(error, requestId))}\n\n`;
}

export function secondsOf(epochMs: number): number {
  return Math.floor(epochMs / 1000);
}

/** Changes when the weights or the template do; absent while they are unknown. */
export function fingerprintOf(servedBy: ServedBy | undefined): {
  readonly system_fingerprint?: string;
} {
  if (servedBy?.digest === undefined) return {};
  return { system_fingerprint: `fp_${servedBy.digest.slice(0, 12)}` };
}
