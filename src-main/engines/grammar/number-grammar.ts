import { type CompileContext, type SchemaObject } from './compile-context.ts';
import { fractionBetween, type FractionBounds } from './fraction-grammar.ts';
import { alternatives } from './gbnf.ts';
import { integersBetween } from './integer-range.ts';
import { anyInteger, anyNumber } from './json-values.ts';

interface Bound {
  readonly value: number;
  readonly isExclusive: boolean;
}

interface Bounds {
  readonly lower: Bound | undefined;
  readonly upper: Bound | undefined;
}

export function compileNumber(
  schema: SchemaObject,
  type: 'integer' | 'number',
  context: CompileContext,
): string {
  const step = schema['multipleOf'];
  const isWhole = type === 'integer' || step === 1;
  if (step !== undefined && step !== 1) context.refuse('multipleOf', 'is supported only as 1');
  const bounds: Bounds = { lower: lowerBound(schema, context), upper: upperBound(schema, context) };
  const { builder } = context;
  if (bounds.lower === undefined && bounds.upper === undefined) {
    return isWhole ? anyInteger(builder) : anyNumber(builder);
  }
  const options = isWhole ? integerOptions(bounds) : numberOptions(bounds);
  if (options.length === 0) return context.fail('minimum', 'and the other bounds leave no number');
  return builder.rule(type, alternatives(options));
}

function lowerBound(schema: SchemaObject, context: CompileContext): Bound | undefined {
  const bounds = readBounds(schema, 'minimum', 'exclusiveMinimum', context);
  return bounds.reduce<Bound | undefined>(
    (best, bound) =>
      best === undefined ||
      bound.value > best.value ||
      (bound.value === best.value && bound.isExclusive)
        ? bound
        : best,
    undefined,
  );
}

function upperBound(schema: SchemaObject, context: CompileContext): Bound | undefined {
  const bounds = readBounds(schema, 'maximum', 'exclusiveMaximum', context);
  return bounds.reduce<Bound | undefined>(
    (best, bound) =>
      best === undefined ||
      bound.value < best.value ||
      (bound.value === best.value && bound.isExclusive)
        ? bound
        : best,
    undefined,
  );
}

function readBounds(
  schema: SchemaObject,
  inclusive: string,
  exclusive: string,
  context: CompileContext,
): Bound[] {
  const bounds: Bound[] = [];
  // Draft 4 says `exclusiveMinimum: true` beside the bound.
  const isExclusive = schema[exclusive] === true;
  for (const keyword of [inclusive, exclusive]) {
    const value = schema[keyword];
    if (value === undefined || typeof value === 'boolean') continue;
    if (typeof value !== 'number' || !Number.isFinite(value))
      context.fail(keyword, 'must be a number');
    else bounds.push({ value, isExclusive: keyword === exclusive || isExclusive });
  }
  return bounds;
}

function integerOptions({ lower, upper }: Bounds): string[] {
  const low = lower === undefined ? undefined : firstInteger(lower);
  const high = upper === undefined ? undefined : -firstInteger({ ...upper, value: -upper.value });
  const options: string[] = [];
  if (low === undefined || low < 0n) {
    const smallest = high === undefined || high > -1n ? 1n : -high;
    const range = integersBetween(smallest, low === undefined ? undefined : -low);
    if (range !== undefined) options.push(`"-" ${range}`);
  }
  if (high === undefined || high >= 0n) {
    const range = integersBetween(low === undefined || low < 0n ? 0n : low, high);
    if (range !== undefined) options.push(range);
  }
  return options;
}

/** The smallest integer that a lower bound allows. */
function firstInteger({ value, isExclusive }: Bound): bigint {
  const ceiling = Math.ceil(value);
  return BigInt(ceiling) + (isExclusive && ceiling === value ? 1n : 0n);
}

function numberOptions({ lower, upper }: Bounds): string[] {
  const zero: Bound = { value: 0, isExclusive: false };
  const options: string[] = [];
  if (lower === undefined || lower.value < 0) {
    const from = upper === undefined || upper.value > 0 ? zero : negate(upper);
    const range = magnitudesBetween(from, lower === undefined ? undefined : negate(lower));
    if (range !== undefined) options.push(`"-" ${range}`);
  }
  if (upper === undefined || upper.value >= 0) {
    const range = magnitudesBetween(lower === undefined || lower.value < 0 ? zero : lower, upper);
    if (range !== undefined) options.push(range);
  }
  return options;
}

function negate({ value, isExclusive }: Bound): Bound {
  return { value: -value, isExclusive };
}

/** Decimal numbers without sign and exponent; undefined when there are none. */
function magnitudesBetween(lower: Bound, upper: Bound | undefined): string | undefined {
  const low = toDecimal(lower.value);
  const high = upper === undefined ? undefined : toDecimal(upper.value);
  const above: FractionBounds = { lower: low.fraction, isLowerExclusive: lower.isExclusive };
  const below: FractionBounds = {
    upper: high?.fraction ?? '',
    isUpperExclusive: upper?.isExclusive ?? false,
  };
  const options: string[] = [];
  const add = (whole: string | undefined, fraction: string | undefined) => {
    if (whole !== undefined && fraction !== undefined) options.push(`${whole} ${fraction}`);
  };
  if (high !== undefined && low.whole > high.whole) return undefined;
  if (low.whole === high?.whole) {
    add(`"${low.whole}"`, fractionBetween({ ...above, ...below }));
  } else {
    add(`"${low.whole}"`, fractionBetween(above));
    const last = high === undefined ? undefined : high.whole - 1n;
    add(integersBetween(low.whole + 1n, last), fractionBetween({}));
    if (high !== undefined) add(`"${high.whole}"`, fractionBetween(below));
  }
  return options.length === 0 ? undefined : `( ${alternatives(options)} )`;
}

/** The exact decimal digits that `value` is printed with, without an exponent. */
function toDecimal(value: number): { whole: bigint; fraction: string } {
  const [digits = '0', exponent = '0'] = Math.abs(value).toExponential().split('e');
  const [first = '0', rest = ''] = digits.split('.');
  const point = 1 + Number(exponent);
  const all = first + rest;
  const whole = point <= 0 ? '0' : all.slice(0, point).padEnd(point, '0');
  const fraction = point <= 0 ? '0'.repeat(-point) + all : all.slice(point);
  return { whole: BigInt(whole), fraction: fraction.replace(/0+$/, '') };
}
