import { InvalidArgumentError } from 'commander';

const unitMs: Readonly<Record<string, number>> = {
  m: 60_000,
  h: 3600_000,
  d: 24 * 3600_000,
  w: 7 * 24 * 3600_000,
};

/** Milliseconds of `30m`, `12h`, `7d` or `2w`; `never` is infinite. */
export function parseSpan(text: string): number {
  if (text === 'never') return Infinity;
  const [, count = '', unit = ''] = /^(\d{1,4})([mhdw])$/.exec(text) ?? [];
  const ms = Number(count) * (unitMs[unit] ?? 0);
  if (ms > 0) return ms;
  throw new InvalidArgumentError('Give a time such as 30m, 12h, 7d or never.');
}

/** When a span that begins now is over; undefined for one that never is. */
export function endOf(spanMs: number | undefined): number | undefined {
  return spanMs === undefined || spanMs === Infinity ? undefined : Date.now() + spanMs;
}

/** Hours and minutes of a day. */
export interface TimeOfDay {
  readonly hours: number;
  readonly minutes: number;
}

export function parseTimeOfDay(text: string): TimeOfDay {
  const [, hours = '', minutes = ''] = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(text) ?? [];
  if (minutes === '') throw new InvalidArgumentError('Give a time of day such as 18:30.');
  return { hours: Number(hours), minutes: Number(minutes) };
}

/** The next time that the local clock shows it. */
export function nextAt({ hours, minutes }: TimeOfDay, now: Date): Date {
  const today = new Date(now);
  today.setHours(hours, minutes, 0, 0);
  if (today > now) return today;
  today.setDate(today.getDate() + 1);
  return today;
}

/** `18:30` in local time. */
export function formatTimeOfDay(at: Date): string {
  const two = (value: number): string => value.toString().padStart(2, '0');
  return `${two(at.getHours())}:${two(at.getMinutes())}`;
}
