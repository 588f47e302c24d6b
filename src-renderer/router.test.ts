import { expect, test } from 'vitest';
import { parseRoute, routePath } from './router.ts';
import type { Route } from './router.ts';

const routes: readonly Route[] = [
  { page: 'chat' },
  { page: 'chat', chatId: '0198c0de-1111-7111-8111-111111111111' },
  { page: 'discover' },
  { page: 'discover', repo: 'Qwen/Qwen3-8B-GGUF' },
  { page: 'discover', repo: 'org/model.v1.5_x', variant: 'UD-Q4_K_XL' },
  { page: 'models' },
  { page: 'pool' },
  { page: 'pool', place: 'new' },
  { page: 'pool', place: '0198c0de-2222-7222-8222-222222222222', tab: 'invites' },
  { page: 'pool', place: 'p1', tab: 'machines', item: '0198c0de-3333-7333-8333-333333333333' },
  { page: 'server' },
  { page: 'server', tab: 'keys' },
  { page: 'activity', tab: 'usage' },
  { page: 'activity', tab: 'audit' },
  { page: 'activity' },
  { page: 'activity', requestId: '0198c0de-4444-7444-8444-444444444444' },
  { page: 'settings' },
  { page: 'settings', section: 'about' },
];

test.each(routes)('reads back the path that it writes for %o', (route) => {
  expect(parseRoute(routePath(route))).toEqual(route);
});

test('the empty path and unknown paths lead to the chat', () => {
  expect(parseRoute('/')).toEqual({ page: 'chat' });
  expect(parseRoute('/nowhere')).toEqual({ page: 'chat' });
});

test('a repository keeps its slash in the path, so that the address can be read and shared', () => {
  expect(routePath({ page: 'discover', repo: 'Qwen/Qwen3-8B-GGUF' })).toBe(
    '/discover/Qwen/Qwen3-8B-GGUF',
  );
});

test('half a repository leads to the list', () => {
  expect(parseRoute('/discover/Qwen')).toEqual({ page: 'discover' });
});

test('forgives stray slashes and percent signs', () => {
  expect(parseRoute('//models/')).toEqual({ page: 'models' });
  expect(parseRoute('/chat/50%')).toEqual({ page: 'chat', chatId: '50%' });
});
