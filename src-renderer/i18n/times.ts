type AgeUnit = 'day' | 'hour' | 'minute';

/** Writes moments and ages. All moments are epoch milliseconds. */
export function createTimes(locale: string) {
  const format = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale, options);
  const minuteOfDay = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
  const clock = format(minuteOfDay);
  const clockSeconds = format({ ...minuteOfDay, second: '2-digit' });
  const day = format({ day: 'numeric', month: 'short' });
  const dayOfYear = format({ day: 'numeric', month: 'short', year: 'numeric' });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  const amount = (value: number, unit: AgeUnit) =>
    new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(value);

  return {
    /** 11:04. */
    time: (at: number) => clock.format(at),
    /** 11:04:45, for logs. */
    timeWithSeconds: (at: number) => clockSeconds.format(at),
    /** For rows of a log: today 11:04:45, on other days 3 Nov 11:04:45. */
    momentOf(at: number, now: number): string {
      const isToday = new Date(at).toDateString() === new Date(now).toDateString();
      const time = clockSeconds.format(at);
      return isToday ? time : `${day.format(at)} ${time}`;
    },
    /** Today 11:04, this year 3 Nov, else 3 Nov 2025. */
    moment(at: number, now: number): string {
      const then = new Date(at);
      const today = new Date(now);
      if (then.toDateString() === today.toDateString()) return clock.format(at);
      return (then.getFullYear() === today.getFullYear() ? day : dayOfYear).format(at);
    },
    /** A moment to come or just gone: 11:04 today, tomorrow 11:04, 24 Nov 11:04, 24 Nov 2027. */
    until(at: number, now: number): string {
      const tomorrow = new Date(now);
      tomorrow.setDate(tomorrow.getDate() + 1);
      const then = new Date(at).toDateString();
      if (then === new Date(now).toDateString()) return clock.format(at);
      if (then === tomorrow.toDateString())
        return `${relative.format(1, 'day')} ${clock.format(at)}`;
      // Months away the day says enough, and without its year it would be another one.
      if (new Date(at).getFullYear() !== new Date(now).getFullYear()) return dayOfYear.format(at);
      return `${day.format(at)} ${clock.format(at)}`;
    },
    /** 21 Nov. */
    day: (at: number) => day.format(at),
    /** Year, day and time: what is to be told apart years later. */
    whole: (at: number) => `${dayOfYear.format(at)} ${clock.format(at)}`,
    /** An hour of the day from 0 to 23: 18:00. */
    hour: (hour: number) => clock.format(new Date(2000, 0, 1, hour)),
    /** How long something has lasted, coarsely: "6 days 4 hours", "12 minutes". */
    age(ms: number): string {
      const minutes = Math.max(0, Math.floor(ms / 60_000));
      const [days, hours] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60)];
      if (days > 0) return `${amount(days, 'day')} ${amount(hours, 'hour')}`;
      if (hours > 0) return `${amount(hours, 'hour')} ${amount(minutes % 60, 'minute')}`;
      return amount(minutes, 'minute');
    },
    /** "2 hours ago", "yesterday"; coarse on purpose, so that it stays true for a while. */
    ago(at: number, now: number): string {
      const seconds = Math.max(0, Math.round((now - at) / 1000));
      if (seconds < 60) return relative.format(0, 'second');
      if (seconds < 3600) return relative.format(-Math.floor(seconds / 60), 'minute');
      if (seconds < 86_400) return relative.format(-Math.floor(seconds / 3600), 'hour');
      return relative.format(-Math.floor(seconds / 86_400), 'day');
    },
  };
}
