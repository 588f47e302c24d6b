import type { FitView } from '../../../api.ts';
import type { Route } from '../../../router.ts';

/** One choice that can be downloaded, held against this machine. */
export interface FitRowData {
  readonly repo: string;
  readonly variant: string;
  /** Spoken in buttons: the model with its quantization. */
  readonly spokenName: string;
  readonly title: string;
  /** The quantization in its own letters, beside the words. */
  readonly mark?: string | undefined;
  /** What it is good for. */
  readonly detail?: string | undefined;
  readonly sizeBytes: number;
  readonly isRecommended: boolean;
  /** Absent until it was worked out. */
  readonly fit: FitView | undefined;
  /** Another choice of the same table that fits, for the sentence of one that does not. */
  readonly instead?: string | undefined;
  readonly installedId: string | undefined;
  /** The page behind the row; rows without one are chosen instead. */
  readonly to?: Route;
}

export function keyOf({ repo, variant }: Pick<FitRowData, 'repo' | 'variant'>): string {
  return `${repo}:${variant}`;
}
