import { InvalidArgumentError } from 'commander';
import { spanMs } from '../core/span.ts';

/** Milliseconds of `30m`, `12h`, `7d` or `2w`; `never` is infinite. */
export function parseSpan(text: string): number {
  const ms = spanMs(text);
  if (ms !== undefined) return ms;
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
