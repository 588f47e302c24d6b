import { expect, test } from 'vitest';
import type { ContactedHost } from '../api.ts';
import { withHost } from './privacy.ts';

function contact(host: string, lastAt: number, requests = 1): ContactedHost {
  return {
    ...{ host, lastAt, requests, isLoopback: false, purposes: ['hub'] },
    ...{ sentBytes: 0, receivedBytes: 0, refused: 0 },
  };
}

test('each host has one line, the one contacted last comes first', () => {
  const list = [contact('b.example', 2), contact('a.example', 1)];
  const next = withHost(list, contact('a.example', 3, 9));
  expect(next.map(({ host, requests }) => [host, requests])).toEqual([
    ['a.example', 9],
    ['b.example', 1],
  ]);
});
