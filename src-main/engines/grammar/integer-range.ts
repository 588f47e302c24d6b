import { alternatives } from './gbnf.ts';

const mostDigits = 15;

/** Decimal integers from `low` (not negative) to `high`, no leading zeros; undefined when there are none. */
export function integersBetween(low: bigint, high: bigint | undefined): string | undefined {
  if (high !== undefined && low > high) return undefined;
  const options: string[] = [];
  const shortest = low.toString().length;
  const longest = high === undefined ? shortest : high.toString().length;
  for (let length = shortest; length <= longest; length++) {
    const first = length === shortest ? low.toString() : `1${'0'.repeat(length - 1)}`;
    const isLast = high !== undefined && length === longest;
    options.push(sameLength(first, isLast ? high.toString() : '9'.repeat(length)));
  }
  if (high === undefined) {
    options.push(`[1-9] [0-9]{${shortest},${Math.max(shortest, mostDigits - 1)}}`);
  }
  return `( ${alternatives(options)} )`;
}

/** Digit strings between two of equal length. */
function sameLength(low: string, high: string): string {
  const rest = low.length - 1;
  if (low.length === 0) return '';
  const [a, b] = [Number(low.charAt(0)), Number(high.charAt(0))];
  const [lowRest, highRest] = [low.slice(1), high.slice(1)];
  const anyRest = rest === 0 ? '' : ` [0-9]{${rest}}`;
  if (a === b) return rest === 0 ? `"${a}"` : `"${a}" ${sameLength(lowRest, highRest)}`;
  const startsFull = /^0*$/.test(lowRest);
  const endsFull = /^9*$/.test(highRest);
  const [from, to] = [startsFull ? a : a + 1, endsFull ? b : b - 1];
  const options: string[] = [];
  if (!startsFull) options.push(`"${a}" ${sameLength(lowRest, '9'.repeat(rest))}`);
  if (from <= to) options.push(`[${from}-${to}]${anyRest}`);
  if (!endsFull) options.push(`"${b}" ${sameLength('0'.repeat(rest), highRest)}`);
  return `( ${alternatives(options)} )`;
}
