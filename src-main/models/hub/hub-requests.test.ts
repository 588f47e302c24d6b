import { expect, test } from 'vitest';
import type { HttpClient } from '../../core/http.ts';
import { createFakeClock } from '../../testing/fake-clock.ts';
import { HubRequests } from './hub-requests.ts';

/** A connection on which each address is answered with a redirect, or with `{}`. */
function redirecting(targets: Readonly<Record<string, string>>) {
  const asked: string[] = [];
  const http: HttpClient = {
    request({ url }) {
      asked.push(url);
      const location = targets[url];
      const pieces = location === undefined ? [new TextEncoder().encode('{}')] : [];
      const body = ReadableStream.from(pieces);
      const status = location === undefined ? 200 : 302;
      return Promise.resolve({ status, headers: { location }, body });
    },
  };
  return { asked, requests: new HubRequests({ http, clock: createFakeClock() }) };
}

const get = { path: '/api/x', maxBytes: 100, signal: new AbortController().signal };

test('follows a redirect to another host, but never out of TLS', async () => {
  const endpoint = 'https://hub.example';
  const safe = redirecting({ 'https://hub.example/api/x': 'https://cdn.example/x' });
  expect(await safe.requests.get({ endpoint }, get)).toMatchObject({ body: '{}' });
  const unsafe = redirecting({ 'https://hub.example/api/x': 'http://cdn.example/x' });
  const asking = unsafe.requests.open({ endpoint }, get.path, { headers: {}, signal: get.signal });
  expect((await asking).status).toBe(302);
  expect(unsafe.asked).toEqual(['https://hub.example/api/x']);
});
