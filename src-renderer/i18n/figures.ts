/** Narrow no-break space: value and unit stay together and close. */
const gap = '\u202f';
const byteUnits = ['B', 'KB', 'MB', 'GB', 'TB'] as const;

/**
 * Writes quantities: at most three digits that matter, a narrow no-break space, the unit. Unknown
 * values (undefined, NaN, infinite) are a dash, never 0.
 */
export function createFigures(locale: string) {
  const grouped = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
  const three = new Intl.NumberFormat(locale, { maximumSignificantDigits: 3 });
  const two = new Intl.NumberFormat(locale, { maximumSignificantDigits: 2 });
  const digits = (count: number) =>
    new Intl.NumberFormat(locale, { minimumFractionDigits: count, maximumFractionDigits: count });
  const [oneDigit, twoDigits] = [digits(1), digits(2)];

  const compact = new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 1 });

  function inUnits(size: number, step: 1000 | 1024): string {
    let unit = 0;
    let rest = size;
    // 999.6 MB would round to "1,000 MB".
    while (Math.abs(rest) >= 999.5 && unit < byteUnits.length - 1) {
      rest /= step;
      unit += 1;
    }
    const text =
      unit >= 3 && rest < 100 ? three.format(Number(rest.toFixed(1))) : grouped.format(rest);
    return `${text}${gap}${byteUnits[unit] ?? ''}`;
  }

  function duration(ms: number): string {
    if (ms < 99.5)
      return `${ms < 9.95 ? three.format(Number(ms.toFixed(1))) : grouped.format(ms)}${gap}ms`;
    const seconds = ms / 1000;
    if (seconds < 9.995) return `${twoDigits.format(seconds)}${gap}s`;
    if (seconds < 59.95) return `${oneDigit.format(seconds)}${gap}s`;
    const whole = Math.round(seconds);
    const minutes = Math.floor(whole / 60);
    if (minutes < 60) return `${String(minutes)}${gap}min ${String(whole % 60)}${gap}s`;
    return `${grouped.format(Math.floor(minutes / 60))}${gap}h ${String(minutes % 60)}${gap}min`;
  }

  const parameters = (count: number) =>
    count >= 999.5e6
      ? `${three.format(count / 1e9)}${gap}B`
      : `${grouped.format(count / 1e6)}${gap}M`;
  const rate = (perSecond: number) =>
    `${(perSecond < 99.95 ? oneDigit : grouped).format(perSecond)}${gap}tok/s`;

  const money = moneyIn(locale);

  return {
    locale,
    /** Millionths of a US dollar: $0, $0.0031, $20.90. */
    money: known(money),
    /** Whole numbers with grouping: 16,384. */
    count: known((value) => grouped.format(value)),
    /** Counts of things that nobody needs exactly: 4.8M. */
    compact: known((value) => compact.format(value)),
    /** Files and disks, in the powers of ten they are sold in: 6.8 GB. */
    bytes: known((size) => inUnits(size, 1000)),
    /** Memory, in the powers of two it is sold in and systems show: 16 GiB is 16 GB. */
    memory: known((size) => inUnits(size, 1024)),
    /** 4.2 ms, 0.38 s, 12.4 s, 3 min 5 s. */
    duration: known(duration),
    /** Tokens per second: 61.3 tok/s. */
    rate: known(rate),
    /** Tokens per second where they are only reckoned: 48 tok/s. */
    roughRate: known((value) => `${(value < 9.5 ? oneDigit : two).format(value)}${gap}tok/s`),
    /** A share from 0 to 1: 43 %. */
    percent: known((share) => `${grouped.format(share * 100)}${gap}%`),
    /** Parameters of a model: 7.6 B. */
    parameters: known(parameters),
  };
}

function known(write: (value: number) => string): (value: number | undefined) => string {
  return (value) => (value === undefined || !Number.isFinite(value) ? '–' : write(value));
}

/** Small sums keep the digits that matter, so that they never look like nothing. */
function moneyIn(locale: string): (micros: number) => string {
  const dollars = (options: Intl.NumberFormatOptions) =>
    new Intl.NumberFormat(locale, {
      style: 'currency',
      currency: 'USD',
      currencyDisplay: 'narrowSymbol',
      ...options,
    });
  const whole = dollars({ maximumFractionDigits: 0 });
  const cents = dollars({ minimumFractionDigits: 2, maximumFractionDigits: 2 });
  const small = dollars({ maximumSignificantDigits: 3 });
  return (micros) => {
    const amount = micros / 1e6;
    if (amount === 0) return whole.format(0);
    // Less than a cent, or with a part of one: $0.0031, $0.025; but $0.80.
    if (Math.abs(amount) < 0.995 && micros % 10_000 !== 0) return small.format(amount);
    return (Math.abs(amount) < 9_999.5 ? cents : whole).format(amount);
  };
}
