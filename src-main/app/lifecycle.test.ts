import { afterEach, expect, test, vi } from 'vitest';
import { silentLogger } from '../platform/logger.ts';
import { Lifecycle } from './lifecycle.ts';

afterEach(() => {
  vi.useRealTimers();
});

test('stops parts in reverse order, once', async () => {
  const stopped: string[] = [];
  const lifecycle = new Lifecycle(silentLogger);
  for (const name of ['database', 'engines', 'gateway']) {
    lifecycle.started(name, () => void stopped.push(name));
  }
  await Promise.all([lifecycle.stop(), lifecycle.stop()]);
  expect(stopped).toEqual(['gateway', 'engines', 'database']);
});

test('goes on with the others when a part fails or hangs', async () => {
  vi.useFakeTimers();
  const stopped: string[] = [];
  const problems: unknown[] = [];
  const log = { ...silentLogger, error: (data: object) => void problems.push(data) };
  const lifecycle = new Lifecycle(log);
  lifecycle.started('first', () => void stopped.push('first'));
  lifecycle.started('hangs', () => new Promise(() => {}));
  lifecycle.started('throws', () => Promise.reject(new Error('no')));
  const done = lifecycle.stop();
  await vi.advanceTimersByTimeAsync(10_000);
  await done;
  expect(stopped).toEqual(['first']);
  expect(problems).toMatchObject([{ part: 'throws' }, { part: 'hangs' }]);
});
