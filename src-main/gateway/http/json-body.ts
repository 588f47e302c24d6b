import { MillpondError } from '../../core/error.ts';
import { malformedBody } from './http-errors.ts';

/** Deeper than any schema or message of a person; far below what exhausts a stack on the way. */
const deepestNesting = 128;

/** Parses a request body. Throws `invalid-request` when it is no JSON or nests too deeply. */
export function parseJsonBody(text: string): unknown {
  const value = parse(text);
  if (!nestsDeeperThan(value, deepestNesting)) return value;
  throw new MillpondError(
    'invalid-request',
    `The body nests more than ${deepestNesting.toString()} levels deep`,
    { reason: 'nested_too_deeply' },
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw malformedBody(error);
  }
}

function nestsDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  const inner: readonly unknown[] = Array.isArray(value) ? value : Object.values(value);
  return inner.some((each) => nestsDeeperThan(each, levels - 1));
}
