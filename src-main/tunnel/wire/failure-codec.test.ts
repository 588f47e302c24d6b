import { expect, test } from 'vitest';
import { MillpondError } from '../../core/error.ts';
import { Failure } from '../gen/millpond/tunnel/v1/tunnel.ts';
import { decodeFailure, encodeFailure } from './failure-codec.ts';

test('a failure keeps its code, sentence, reason and pause; its cause stays at home', () => {
  const failure = new MillpondError('overloaded', 'Wait a little', {
    cause: new Error('a prompt'),
    param: 'model',
    reason: 'preempted',
    retryAfterMs: 1500,
    loading: { node: 'attic', phase: 'loading', percent: 40 },
  });
  const sent = Failure.encode(encodeFailure(failure)).finish();
  expect(Buffer.from(sent).toString()).not.toContain('prompt');
  expect(decodeFailure(Failure.decode(sent)).toBody()).toEqual(failure.toBody());
});

test('a code that this build does not know is an internal error with its sentence', () => {
  const failure = decodeFailure({
    ...encodeFailure(new MillpondError('internal', 'Odd')),
    code: 'constructor',
  });
  expect(failure).toMatchObject({ code: 'internal', message: 'Odd' });
});

test('a failure without words still has a sentence', () => {
  expect(decodeFailure(undefined).message).toMatch(/without saying why/);
});
