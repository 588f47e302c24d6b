import { describe, expect, test } from 'vitest';
import { createControlClient } from '../src-main/contract/client.ts';
import { createBearerTransport, createEventHub, parseLiveMessage } from './api.ts';

interface Sent {
  readonly path: string;
  readonly init: RequestInit;
}

function clientOver(answer: () => Response | Promise<Response>, bearer: string | undefined = 'b') {
  const sent: Sent[] = [];
  const refused: (string | undefined)[] = [];
  const client = createControlClient(
    createBearerTransport({
      fetch: async (path, init) => {
        sent.push({ path: path instanceof Request ? path.url : path.toString(), init: init ?? {} });
        return answer();
      },
      bearer: () => bearer,
      onRefused: (refusedBearer) => refused.push(refusedBearer),
    }),
  );
  return { client, sent, refused };
}

const json = (status: number, body: unknown) => () =>
  new Response(JSON.stringify(body), { status });

describe('the control client', () => {
  test('puts what a path names into the path, and the rest into the query', async () => {
    const { client, sent } = clientOver(json(200, { requests: [], total: 0 }));
    await client.activity.list({ state: 'failed', search: 'a b' });
    expect(sent[0]?.path).toBe('/control/activity?state=failed&search=a%20b');
    const revoke = clientOver(json(200, {}));
    await revoke.client.server.revokeKey({ id: '0198/../x' });
    expect(revoke.sent[0]?.path).toBe('/control/keys/0198%2F..%2Fx');
    expect(revoke.sent[0]?.init.method).toBe('DELETE');
  });

  test('sends the bearer as a header and never a cookie', async () => {
    const { client, sent } = clientOver(json(200, { models: [] }));
    await client.models.list({});
    expect(sent[0]?.init).toMatchObject({
      credentials: 'omit',
      headers: { authorization: 'Bearer b' },
    });
  });

  test('reports a refused bearer once, with the error of the runtime', async () => {
    const { client, refused } = clientOver(
      json(401, {
        error: { code: 'unauthenticated', message: 'Sign in', reason: 'invalid_session' },
      }),
    );
    await expect(client.models.list({})).rejects.toMatchObject({ code: 'unauthenticated' });
    expect(refused).toEqual(['b']);
  });

  test('a key that a hub or another server refused does not end the session', async () => {
    const error = { code: 'unauthenticated', message: 'Not this token', reason: 'token-refused' };
    const { client, refused } = clientOver(json(401, { error }));
    await expect(client.hub.setToken({ token: 'x' })).rejects.toMatchObject({
      reason: 'token-refused',
    });
    const plain = { code: 'unauthenticated', message: 'That server wants a key' };
    const other = clientOver(json(401, { error: plain }));
    await expect(other.client.servers.add({ url: 'http://nas' })).rejects.toThrow('wants a key');
    expect([...refused, ...other.refused]).toEqual([]);
  });

  test('a runtime that is gone is unavailable, not an internal error', async () => {
    const { client } = clientOver(() => Promise.reject(new TypeError('Failed to fetch')));
    await expect(client.models.list({})).rejects.toMatchObject({ code: 'unavailable' });
  });

  test('a stranger on the port is named', async () => {
    const { client } = clientOver(() => new Response('<html>'));
    await expect(client.models.list({})).rejects.toThrow('Another program');
  });
});

describe('the event hub', () => {
  test('hands parsed data to the listeners of its topic until they stop', () => {
    const { events, deliver } = createEventHub();
    const removed: string[] = [];
    const stop = events.models.onRemoved(({ id }) => removed.push(id));
    deliver('models.removed', { id: 'guide' });
    deliver('server.changed', { id: 'other' });
    stop();
    deliver('models.removed', { id: 'late' });
    expect(removed).toEqual(['guide']);
  });

  test('leaves out what does not parse and topics that it does not know', () => {
    const { events, deliver } = createEventHub();
    const removed: string[] = [];
    events.models.onRemoved(({ id }) => removed.push(id));
    deliver('models.removed', { name: 'guide' });
    deliver('pool.changed', {});
    expect(removed).toEqual([]);
  });
});

test('a live frame of an unknown kind is nothing', () => {
  expect(parseLiveMessage('{"type":"reset"}')).toEqual({ type: 'reset' });
  expect(parseLiveMessage('{"type":"news"}')).toBeUndefined();
  expect(parseLiveMessage('not json')).toBeUndefined();
});
