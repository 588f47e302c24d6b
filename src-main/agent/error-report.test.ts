import { expect, test } from 'vitest';
import { MillpondError } from '../core/error.ts';
import { errorReport } from './error-report.ts';

test.each([
  ['a path', 'The file /home/anna/models/secret.gguf is damaged', 'The file … is damaged'],
  ['a path of Windows', 'C:\\Users\\Anna\\m.gguf, part 2, is missing', '…, part 2, is missing'],
  [
    'a quotation',
    'The model said “my password is 1234” and stopped',
    'The model said … and stopped',
  ],
  ['an address', 'anna@example.org has no room', '… has no room'],
])('a report holds no %s', (_, message, expected) => {
  const report = errorReport(new MillpondError('model-load-failed', message), 5);
  expect(report).toEqual({ code: 'model-load-failed', message: expected, at: 5 });
});

test('a report is short, and what was no fault of this machine makes none', () => {
  const long = errorReport(new MillpondError('out-of-memory', 'x '.repeat(500)), 1);
  expect(long?.message).toHaveLength(300);
  for (const code of ['cancelled', 'overloaded', 'invalid-request', 'forbidden'] as const) {
    expect(errorReport(new MillpondError(code, 'no'), 1)).toBeUndefined();
  }
});
