import { describe, expect, test } from 'vitest';
import { assertNever, errorTable, MillpondError } from './error.ts';

describe('MillpondError', () => {
  test('knows its status and retry class from the table', () => {
    const error = new MillpondError('overloaded', 'Too many requests', { retryAfterMs: 2000 });
    expect(error).toMatchObject({ httpStatus: 503, retry: 'elsewhere', retryAfterMs: 2000 });
  });

  test('survives the way over a wire', () => {
    const error = new MillpondError('context-overflow', 'Too long', {
      param: 'messages',
      reason: 'context_length_exceeded',
    });
    const copy = MillpondError.fromBody(error.toBody());
    expect(copy).toBeInstanceOf(MillpondError);
    expect(copy.toBody()).toEqual({
      code: 'context-overflow',
      message: 'Too long',
      param: 'messages',
      reason: 'context_length_exceeded',
    });
  });

  test('a code that this version does not know becomes internal', () => {
    const body = JSON.parse('{"code":"constructor","message":"odd"}') as Parameters<
      typeof MillpondError.fromBody
    >[0];
    expect(MillpondError.fromBody(body).code).toBe('internal');
  });
});

describe('MillpondError.from', () => {
  test('keeps one of ours as it is', () => {
    const error = new MillpondError('forbidden', 'No');
    expect(MillpondError.from(error, 'internal')).toBe(error);
  });

  test('tells a timeout from a cancellation', () => {
    expect(MillpondError.from(new DOMException('', 'TimeoutError')).code).toBe('timeout');
    expect(MillpondError.from(new DOMException('', 'AbortError')).code).toBe('cancelled');
  });

  test('hides the text of foreign errors, which may hold secrets, and keeps the cause', () => {
    const foreign = new Error('token sk-123 was refused');
    const error = MillpondError.from(foreign);
    expect(error.code).toBe('internal');
    expect(error.message).not.toContain('sk-123');
    expect(error.cause).toBe(foreign);
  });

  test('takes anything that was thrown', () => {
    expect(MillpondError.from('text', 'unavailable').code).toBe('unavailable');
    expect(MillpondError.from(undefined).code).toBe('internal');
  });
});

test('every row of the table is an HTTP error', () => {
  for (const row of Object.values(errorTable)) {
    expect(row.http).toBeGreaterThanOrEqual(400);
    expect(row.http).toBeLessThan(600);
  }
});

test('assertNever names the value that nobody expected', () => {
  expect(() => assertNever('surprise' as never)).toThrow('"surprise"');
});
