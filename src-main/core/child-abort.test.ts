import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { ChildAbort } from './child-abort.ts';

test('it aborts with its parent, for the same reason', () => {
  const parent = new AbortController();
  const child = new ChildAbort(parent.signal);
  expect(child.signal.aborted).toBe(false);
  const reason = new Error('The caller left');
  parent.abort(reason);
  expect(child.signal.reason).toBe(reason);
  expect(new ChildAbort(parent.signal).signal.reason).toBe(reason);
});

test('it aborts by itself and leaves its parent alone', () => {
  const parent = new AbortController();
  const child = new ChildAbort(parent.signal);
  const reason = new Error('Too late');
  child.abort(reason);
  parent.abort(new Error('The caller left'));
  expect(child.signal.reason).toBe(reason);
});

test('once it is released its parent holds nothing of it', () => {
  const parent = new AbortController();
  const child = new ChildAbort(parent.signal);
  expect(getEventListeners(parent.signal, 'abort')).toHaveLength(1);
  child.release();
  expect(getEventListeners(parent.signal, 'abort')).toHaveLength(0);
  parent.abort();
  expect(child.signal.aborted).toBe(false);
});
