import { expect, test } from 'vitest';
import type { StoredAlert } from '../gateway/alerts/ports.ts';
import { openTestDatabase } from '../testing/open-test-database.ts';
import { createAlertStore } from './alert-store.ts';

test('alerts are replaced when they end, and only the newest are kept', async () => {
  await using opened = await openTestDatabase();
  const store = createAlertStore(opened.database);
  const alert = (id: string, at: number): StoredAlert => {
    return { id, at, kind: 'breaker', subject: 'p1', message: 'Down' };
  };
  for (const [index, id] of ['a', 'b', 'c'].entries()) await store.save(alert(id, index), 2);
  await store.save({ ...alert('b', 1), endedAt: 9 }, 2);
  expect(await store.list(10)).toEqual([alert('c', 2), { ...alert('b', 1), endedAt: 9 }]);
  expect(await store.list(1)).toEqual([alert('c', 2)]);
});

test('what people want to be told of is kept as one', async () => {
  await using opened = await openTestDatabase();
  const store = createAlertStore(opened.database);
  expect(await store.settings()).toBeUndefined();
  const settings = { kinds: ['store' as const], offlineAfterSeconds: 60, errorShare: 0.5 };
  await store.saveSettings(settings);
  await store.saveSettings({ ...settings, webhookUrl: 'https://example.com/' });
  expect(await store.settings()).toEqual({ ...settings, webhookUrl: 'https://example.com/' });
});
