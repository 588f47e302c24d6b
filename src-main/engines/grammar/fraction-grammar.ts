import { alternatives } from './gbnf.ts';

/** Bounds of what follows the decimal point, as digits without trailing zeros; absent means free. */
export interface FractionBounds {
  readonly lower?: string;
  readonly isLowerExclusive?: boolean;
  readonly upper?: string;
  readonly isUpperExclusive?: boolean;
}

const mostDigits = 15;

interface Digits {
  /** Alternatives of at least one digit each. */
  readonly options: readonly string[];
  /** Whether no further digit is fine as well. */
  readonly canEnd: boolean;
}

/** The decimal point and its digits, or nothing where that is within bounds; undefined when impossible. */
export function fractionBetween(bounds: FractionBounds): string | undefined {
  const { options, canEnd } = digitsWithin(bounds);
  if (options.length === 0) return canEnd ? '""' : undefined;
  return `( "." ( ${alternatives(options)} ) )${canEnd ? '?' : ''}`;
}

function digitsWithin(bounds: FractionBounds): Digits {
  const { upper, isLowerExclusive = false, isUpperExclusive = false } = bounds;
  // With all its digits written, an inclusive lower bound is kept whatever follows.
  const lower = bounds.lower === '' && !isLowerExclusive ? undefined : bounds.lower;
  const canEnd = lower === undefined && !(upper === '' && isUpperExclusive);
  if (upper === '') {
    const isPossible = lower === undefined && !isUpperExclusive;
    return { options: isPossible ? [`"0"{1,${mostDigits}}`] : [], canEnd };
  }
  if (upper === undefined && lower === undefined)
    return { options: [`[0-9]{1,${mostDigits}}`], canEnd };
  if (upper === undefined && lower === '') {
    return { options: [`"0"{0,${mostDigits}} [1-9] [0-9]{0,${mostDigits}}`], canEnd };
  }
  return { options: nextDigit(bounds, lower, upper), canEnd };
}

function nextDigit(
  bounds: FractionBounds,
  lower: string | undefined,
  upper: string | undefined,
): string[] {
  const low = lower === undefined ? 0 : Number(lower.charAt(0) || '0');
  const high = upper === undefined ? 9 : Number(upper.charAt(0) || '0');
  const options: string[] = [];
  const free: number[] = [];
  for (let digit = low; digit <= high; digit++) {
    const isLow = lower !== undefined && digit === low;
    const isHigh = upper !== undefined && digit === high;
    if (!isLow && !isHigh) {
      free.push(digit);
      continue;
    }
    const rest = digitsWithin({
      ...(isLow && { lower: lower.slice(1), isLowerExclusive: bounds.isLowerExclusive ?? false }),
      ...(isHigh && { upper: upper.slice(1), isUpperExclusive: bounds.isUpperExclusive ?? false }),
    });
    if (rest.canEnd) options.push(`"${digit}"`);
    if (rest.options.length > 0) options.push(`"${digit}" ( ${alternatives(rest.options)} )`);
  }
  const [first, last] = [free[0], free.at(-1)];
  if (first !== undefined && last !== undefined) {
    options.push(`[${first}-${last}] [0-9]{0,${mostDigits}}`);
  }
  return options;
}
