import { localDay, startOfDay, startOfNextDay } from '../../core/local-time.ts';

/** A stretch of the calendar in the time zone of this gateway. Times are epoch milliseconds. */
export interface Period {
  /** `2026-11-21`, or `2026-11`. */
  readonly name: string;
  readonly startsAt: number;
  /** The first moment that is not in it. */
  readonly endsAt: number;
}

export function dayAt(at: number): Period {
  return { name: localDay(at), startsAt: startOfDay(at), endsAt: startOfNextDay(at) };
}

export function monthAt(at: number): Period {
  const date = new Date(at);
  const [year, month] = [date.getFullYear(), date.getMonth()];
  return {
    name: localDay(at).slice(0, 'yyyy-mm'.length),
    startsAt: new Date(year, month, 1).getTime(),
    endsAt: new Date(year, month + 1, 1).getTime(),
  };
}

/** Clocks are put right: a time before its beginning is not in it either. */
export function isIn({ startsAt, endsAt }: Period, at: number): boolean {
  return startsAt <= at && at < endsAt;
}
