interface Day {
  /** `2026-11-21`. */
  readonly day: string;
  readonly givenTokens: number;
}

/** Each day's height against the highest; a day with anything in it never vanishes. */
export function barShares(
  days: readonly Day[],
): readonly { readonly day: string; readonly share: number }[] {
  const highest = Math.max(...days.map(({ givenTokens }) => givenTokens));
  return days.map(({ day, givenTokens }) => ({
    day,
    share: givenTokens <= 0 ? 0 : Math.max(0.02, givenTokens / highest),
  }));
}

/** The beginning of a calendar day here, whatever the time zone. */
export function dayStart(day: string): number {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(year, month - 1, date).getTime();
}
