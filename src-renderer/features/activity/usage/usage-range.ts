export const spans = ['day', 'week', 'fortnight', 'month', 'quarter', 'custom'] as const;
export type Span = (typeof spans)[number];
export type Step = 'hour' | 'day';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const days: Readonly<Record<Exclude<Span, 'custom'>, number>> = {
  day: 1,
  week: 7,
  fortnight: 14,
  month: 30,
  quarter: 90,
};

/** More hours would be bars too thin to see. */
const mostHours = 7 * 24;

export interface UsageRange {
  readonly span: Span;
  readonly step: Step;
  /** First and last day of a range of one's own, as a date field writes them; empty otherwise. */
  readonly firstDay: string;
  readonly lastDay: string;
}

export const firstRange: UsageRange = { span: 'fortnight', step: 'day', firstDay: '', lastDay: '' };

export interface Bounds {
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
}

/** From the first whole hour or day to the end of the one that runs; undefined while days are missing. */
export function boundsOf(range: UsageRange, now: number): Bounds | undefined {
  if (range.span !== 'custom') {
    if (range.span === 'day') {
      const to = Math.floor(now / hourMs) * hourMs + hourMs;
      return { from: to - dayMs, to };
    }
    return { from: dayAt(now, 1 - days[range.span]), to: dayAt(now, 1) };
  }
  const [first, last] = [localDay(range.firstDay), localDay(range.lastDay)];
  if (first === undefined || last === undefined || last < first) return undefined;
  return { from: first, to: dayAt(last, 1) };
}

/** Whether hours can be told apart in this range. */
export function canShowHours(bounds: Bounds): boolean {
  return bounds.to - bounds.from <= mostHours * hourMs + hourMs;
}

/** The step that is drawn: days alone say nothing, and too many hours neither. */
export function stepOf(range: UsageRange, bounds: Bounds): Step {
  if (bounds.to - bounds.from <= dayMs + hourMs) return 'hour';
  return canShowHours(bounds) ? range.step : 'day';
}

/** The beginning of the day so many days on; days with a changed clock are as long as they are. */
function dayAt(at: number, shift: number): number {
  const date = new Date(at);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + shift).getTime();
}

function localDay(text: string): number | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/u.exec(text);
  if (match === null) return undefined;
  const [year, month, day] = match.slice(1).map(Number);
  return new Date(year ?? 0, (month ?? 1) - 1, day).getTime();
}
