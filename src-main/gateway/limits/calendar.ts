/** A stretch of the calendar in the time zone of this gateway. */
export interface Period {
  /** `2026-11-21`, or `2026-11`. */
  readonly name: string;
  /** Epoch milliseconds. */
  readonly endsAt: number;
}

export function dayAt(at: number): Period {
  const date = new Date(at);
  const next = new Date(date.getFullYear(), date.getMonth(), date.getDate() + 1);
  return { name: `${monthName(date)}-${two(date.getDate())}`, endsAt: next.getTime() };
}

export function monthAt(at: number): Period {
  const date = new Date(at);
  const next = new Date(date.getFullYear(), date.getMonth() + 1, 1);
  return { name: monthName(date), endsAt: next.getTime() };
}

function monthName(date: Date): string {
  return `${date.getFullYear().toString().padStart(4, '0')}-${two(date.getMonth() + 1)}`;
}

function two(value: number): string {
  return value.toString().padStart(2, '0');
}
