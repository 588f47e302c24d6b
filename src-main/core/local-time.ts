/** Epoch milliseconds of the beginning of the hour that holds `at`, in this machine's time zone. */
export function startOfHour(at: number): number {
  return new Date(at).setMinutes(0, 0, 0);
}

/** Epoch milliseconds of the beginning of the day that holds `at`, in this machine's time zone. */
export function startOfDay(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}

/** The beginning of the next day, also where a day has 23 or 25 hours, or no midnight. */
export function startOfNextDay(at: number): number {
  const date = new Date(at);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + 1).getTime();
}

/** `2026-11-21` in this machine's time zone. */
export function localDay(at: number): string {
  const date = new Date(at);
  const month = String(date.getMonth() + 1).padStart(2, '0');
  const day = String(date.getDate()).padStart(2, '0');
  return `${String(date.getFullYear())}-${month}-${day}`;
}
