import { useTranslation } from 'react-i18next';

/** Narrow no-break space: value and unit stay together and close. */
const gap = '\u202f';
const byteUnits = ['B', 'KB', 'MB', 'GB', 'TB'] as const;

/**
 * Writes figures the way the window does: at most three digits that matter, then a narrow no-break
 * space and the unit. Unknown values (undefined, NaN, infinite) are a dash, never 0.
 */
export function createFormat(locale: string) {
  const grouped = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
  const three = new Intl.NumberFormat(locale, { maximumSignificantDigits: 3 });
  const clock = new Intl.DateTimeFormat(locale, {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const clockSeconds = new Intl.DateTimeFormat(locale, {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  });
  const day = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short' });
  const dayOfYear = new Intl.DateTimeFormat(locale, {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
  });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });

  function known(value: number | undefined, write: (value: number) => string): string {
    return value === undefined || !Number.isFinite(value) ? '–' : write(value);
  }

  /** 1234.5 → "1,235", 61.34 → "61.3", 0.384 → "0.384". */
  function figure(value: number): string {
    return Math.abs(value) >= 100 ? grouped.format(Math.round(value)) : three.format(value);
  }

  function bytes(value: number | undefined): string {
    return known(value, (size) => {
      let unit = 0;
      let rest = size;
      // 999.6 MB would round to "1,000 MB".
      while (Math.abs(rest) >= 999.5 && unit < byteUnits.length - 1) {
        rest /= 1000;
        unit += 1;
      }
      const digits = unit >= 3 ? Number(rest.toFixed(1)) : Math.round(rest);
      return `${figure(digits)}${gap}${byteUnits[unit] ?? 'B'}`;
    });
  }

  function duration(value: number | undefined): string {
    return known(value, (ms) => {
      if (ms < 100) return `${three.format(Math.round(ms * 10) / 10)}${gap}ms`;
      const seconds = ms / 1000;
      if (seconds < 60) {
        return `${seconds < 10 ? seconds.toFixed(2) : seconds.toFixed(1)}${gap}s`;
      }
      const minutes = Math.floor(seconds / 60);
      if (minutes < 60)
        return `${String(minutes)}${gap}min ${String(Math.floor(seconds % 60))}${gap}s`;
      return `${grouped.format(Math.floor(minutes / 60))}${gap}h ${String(minutes % 60)}${gap}min`;
    });
  }

  function unitOf(value: number, unit: 'day' | 'hour' | 'minute'): string {
    return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(
      value,
    );
  }

  return {
    locale,
    /** Whole numbers with grouping: 16,384. */
    count: (value: number | undefined) => known(value, (number) => grouped.format(number)),
    /** Decimal units, as download pages and drives use them: 6.8 GB. */
    bytes,
    /** 14 ms, 0.38 s, 12.4 s, 3 min 5 s. */
    duration,
    /** Tokens per second: 61.3 tok/s. */
    rate: (value: number | undefined) =>
      known(value, (perSecond) => `${figure(perSecond)}${gap}tok/s`),
    /** A share from 0 to 1: 43 %. */
    percent: (value: number | undefined) =>
      known(value, (share) => `${grouped.format(Math.round(share * 100))}${gap}%`),
    /** Parameters of a model: 7.6 B. */
    parameters: (value: number | undefined) =>
      known(value, (count) =>
        count >= 999.5e6
          ? `${figure(count / 1e9)}${gap}B`
          : `${figure(Math.round(count / 1e6))}${gap}M`,
      ),
    /** 11:04. */
    time: (at: number) => clock.format(at),
    /** 11:04:45, for logs. */
    timeWithSeconds: (at: number) => clockSeconds.format(at),
    /** Today 11:04, this year 3 Nov, else 3 Nov 2025. */
    moment(at: number, now: number): string {
      const then = new Date(at);
      const today = new Date(now);
      if (then.toDateString() === today.toDateString()) return clock.format(at);
      return (then.getFullYear() === today.getFullYear() ? day : dayOfYear).format(at);
    },
    /** How long something has lasted, coarsely: "6 days 4 hours", "12 minutes". */
    age(ms: number): string {
      const minutes = Math.max(0, Math.floor(ms / 60_000));
      const [days, hours] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60)];
      const parts =
        days > 0
          ? [unitOf(days, 'day'), unitOf(hours, 'hour')]
          : hours > 0
            ? [unitOf(hours, 'hour'), unitOf(minutes % 60, 'minute')]
            : [unitOf(minutes, 'minute')];
      return parts.join(' ');
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

export type Format = ReturnType<typeof createFormat>;

const formats = new Map<string, Format>();

/** The format of a language; made once. */
export function formatFor(locale: string): Format {
  const known = formats.get(locale) ?? createFormat(locale);
  formats.set(locale, known);
  return known;
}

/** Figures in the language on screen. */
export function useFormat(): Format {
  return formatFor(useTranslation().i18n.language);
}
