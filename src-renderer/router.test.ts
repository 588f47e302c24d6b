import { expect, test } from 'vitest';
import { parseRoute, routePath } from './router.ts';
import type { Route } from './router.ts';

const routes: readonly Route[] = [
  { page: 'chat' },
  { page: 'chat', chatId: '0198c0de-1111-7111-8111-111111111111' },
  { page: 'models' },
  { page: 'server' },
  { page: 'activity' },
  { page: 'settings' },
  { page: 'settings', section: 'about' },
];

test.each(routes)('reads back the path that it writes for %o', (route) => {
  expect(parseRoute(routePath(route))).toEqual(route);
});

test('the empty path and unknown paths lead to the chat', () => {
  expect(parseRoute('/')).toEqual({ page: 'chat' });
  expect(parseRoute('/pool')).toEqual({ page: 'chat' });
});

test('forgives stray slashes and percent signs', () => {
  expect(parseRoute('//models/')).toEqual({ page: 'models' });
  expect(parseRoute('/chat/50%')).toEqual({ page: 'chat', chatId: '50%' });
});
