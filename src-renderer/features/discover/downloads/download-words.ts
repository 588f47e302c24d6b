import type { Download } from '../../../api.ts';
import type { Tone } from '../../../ui/StateBadge.tsx';

export type DownloadState = Download['state'];

/** How each state is drawn. Its word is `discover.state.<state>`. */
export const downloadTones: Readonly<Record<DownloadState, Tone>> = {
  queued: 'waiting',
  running: 'work',
  waiting: 'waiting',
  paused: 'paused',
  verifying: 'work',
  done: 'ok',
  failed: 'fail',
};

export interface TimeLeft {
  /** Words are `discover.left.<unit>`. */
  readonly unit: 'moment' | 'minute' | 'minutes' | 'hours';
  readonly hours: number;
  readonly minutes: number;
}

/** How long it still takes, as coarse as the guess is; undefined where nobody can tell. */
export function timeLeft(seconds: number | undefined): TimeLeft | undefined {
  if (seconds === undefined || !Number.isFinite(seconds) || seconds < 0) return undefined;
  if (seconds < 10) return { unit: 'moment', hours: 0, minutes: 0 };
  if (seconds < 90) return { unit: 'minute', hours: 0, minutes: 1 };
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return { unit: 'minutes', hours: 0, minutes };
  const tens = Math.round(minutes / 10);
  return { unit: 'hours', hours: Math.floor(tens / 6), minutes: (tens % 6) * 10 };
}

/** `22:00`, as an hour is written in the settings. */
export function hourText(hour: number): string {
  return `${String(hour).padStart(2, '0')}:00`;
}
