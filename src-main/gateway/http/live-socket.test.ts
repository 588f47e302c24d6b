import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { liveCloseCodes, liveMessage, livePath } from '../../contract/live.ts';
import type { LiveMessage } from '../../contract/live.ts';
import { createControlClient } from '../../contract/client.ts';
import { ownerPersonId, ownerToken, startGateway } from '../../testing/gateway-fixture.ts';
import type { GatewayFixture } from '../../testing/gateway-fixture.ts';
import { createScriptedBackend, saying } from '../../testing/scripted-backend.ts';

let fixture: GatewayFixture;
const tabs: WebSocket[] = [];

beforeEach(async () => {
  fixture = await startGateway(createScriptedBackend(() => saying('Hi')));
});

afterEach(async () => {
  for (const tab of tabs.splice(0)) tab.terminate();
  await fixture.gateway.stop();
});

interface Tab {
  readonly socket: WebSocket;
  readonly messages: LiveMessage[];
  /** Resolves once so many messages have arrived. */
  received(count: number): Promise<void>;
  readonly closed: Promise<number>;
}

async function openTab(hello: unknown): Promise<Tab> {
  const socket = new WebSocket(`${fixture.origin.replace('http', 'ws')}${livePath}`);
  tabs.push(socket);
  const messages: LiveMessage[] = [];
  socket.on('message', (data: Buffer) => {
    messages.push(liveMessage.parse(JSON.parse(data.toString('utf8'))));
  });
  const closed = once(socket, 'close').then(([code]) => Number(code));
  await once(socket, 'open');
  socket.send(typeof hello === 'string' ? hello : JSON.stringify(hello));
  return {
    socket,
    messages,
    closed,
    received: async (count) => {
      while (messages.length < count) await once(socket, 'message');
    },
  };
}

const hello = { type: 'hello', token: ownerToken };
const seqs = (tab: Tab): number[] =>
  tab.messages.flatMap((message) => (message.type === 'event' ? [message.seq] : []));

describe('the one socket of a tab', () => {
  test('ten tabs get every event in order, and one that returns gets what it missed', async () => {
    const { gateway } = fixture;
    const all = await Promise.all(Array.from({ length: 10 }, () => openTab(hello)));
    for (const tab of all) await tab.received(1);
    for (let index = 1; index <= 500; index += 1) gateway.publish('test', { index });
    const [first, ...others] = all;
    await first?.received(501);
    first?.socket.terminate();
    for (let index = 501; index <= 1000; index += 1) gateway.publish('test', { index });
    for (const tab of others) {
      await tab.received(1001);
      expect(seqs(tab)).toEqual(Array.from({ length: 1000 }, (_, index) => index + 1));
    }
    const resume = { epoch: gateway.live.epoch, seq: 500 };
    const returned = await openTab({ ...hello, resume });
    await returned.received(501);
    expect(returned.messages[0]).toMatchObject({ type: 'welcome', resumed: true, seq: 1000 });
    expect(seqs(returned)).toEqual(Array.from({ length: 500 }, (_, index) => index + 501));
  });

  test('a tab of an earlier life of the runtime is told to ask for everything again', async () => {
    const resume = { epoch: 'another life', seq: 3 };
    const tab = await openTab({ ...hello, resume });
    await tab.received(2);
    expect(tab.messages.map((message) => message.type)).toEqual(['welcome', 'reset']);
    expect(tab.messages[0]).toMatchObject({ resumed: false });
  });

  test.each([
    ['an unknown bearer', { type: 'hello', token: 'wrong' }, liveCloseCodes.unauthenticated],
    ['no JSON', 'hello?', liveCloseCodes.protocol],
    ['no hello', { type: 'subscribe' }, liveCloseCodes.protocol],
  ])('%s is told nothing and closed', async (_what, first, code) => {
    const tab = await openTab(first);
    fixture.gateway.publish('test', { secret: 1 });
    expect(await tab.closed).toBe(code);
    expect(tab.messages).toEqual([]);
  });

  test('closing the session closes its tab', async () => {
    const { sessions } = fixture.gateway;
    const { token } = await sessions.open(sessions.createCode(ownerPersonId));
    const tab = await openTab({ type: 'hello', token });
    await tab.received(1);
    await sessions.close(sessions.find(token)?.sessionId ?? '');
    expect(await tab.closed).toBe(liveCloseCodes.unauthenticated);
  });

  test('a page of another origin gets no socket', async () => {
    const url = `${fixture.origin.replace('http', 'ws')}${livePath}`;
    const socket = new WebSocket(url, { origin: 'https://evil.example' });
    tabs.push(socket);
    const [error] = (await once(socket, 'error')) as [Error];
    expect(error.message).toContain('403');
  });

  test('running requests are told to the tabs, without prompts', async () => {
    const tab = await openTab(hello);
    await tab.received(1);
    await fixture.post('/v1/chat/completions', {
      model: 'guide',
      messages: [{ role: 'user', content: 'my secret' }],
    });
    await tab.received(4);
    const states = tab.messages.slice(1).map((message) => JSON.stringify(message));
    expect(states.map((text) => /"state":"(\w+)"/.exec(text)?.[1])).toEqual([
      'waiting',
      'answering',
      'done',
    ]);
    expect(states.join('')).not.toContain('secret');
  });
});

describe('the control API', () => {
  const headers = { authorization: `Bearer ${ownerToken}` };
  const client = () =>
    createControlClient(async ({ path, body, ...request }) => {
      const answer = await fixture.send({
        path,
        method: request.method,
        headers: { ...request.headers, ...headers },
        ...(typeof body === 'string' && { body }),
      });
      return { status: answer.status, body: answer.json() };
    });

  test('a login code opens one session, once', async () => {
    const { code } = await client().session.createCode({});
    const { token } = await client().session.open({ code });
    const ask = () =>
      fixture.send({ path: '/control/activity', headers: { authorization: `Bearer ${token}` } });
    expect((await ask()).status).toBe(200);
    await expect(client().session.open({ code })).rejects.toMatchObject({
      code: 'unauthenticated',
    });
    const bearer = { authorization: `Bearer ${token}` };
    await fixture.send({ method: 'DELETE', path: '/control/session', headers: bearer });
    expect((await ask()).status).toBe(401);
  });

  test('guessing codes is slowed down', async () => {
    const guess = () => client().session.open({ code: 'x'.repeat(22) });
    for (let attempt = 0; attempt < 10; attempt += 1) {
      await expect(guess()).rejects.toMatchObject({ code: 'unauthenticated' });
    }
    await expect(guess()).rejects.toMatchObject({ code: 'rate-limited' });
  });

  test('a wrong input is a 400 with one sentence that names the field', async () => {
    await expect(client().activity.list({ limit: 5000 })).rejects.toMatchObject({
      code: 'invalid-request',
      param: 'limit',
    });
    const answer = await fixture.send({ path: '/control/activity?colour=red', headers });
    expect(answer.status).toBe(400);
    expect(answer.json()).toEqual({
      error: { code: 'invalid-request', message: "'colour' is not a known field", param: 'colour' },
    });
  });

  test('activity lists what ran, newest first, and ends what runs', async () => {
    await fixture.post('/v1/completions', { model: 'guide', prompt: 'a' });
    await fixture.post('/v1/chat/completions', { model: 'guide' });
    const { requests, total } = await client().activity.list({ state: 'done' });
    expect(total).toBe(1);
    const failed = await client().activity.list({ state: 'failed' });
    expect(failed.requests).toMatchObject([
      { task: 'chat', model: 'guide', status: 400, error: { param: 'messages' } },
    ]);
    expect(requests).toMatchObject([{ task: 'completion', caller: 'keyless', status: 200 }]);
    await expect(
      client().activity.cancel({ id: '0190a000-0000-7000-8000-000000000009' }),
    ).rejects.toMatchObject({ code: 'not-found' });
  });

  test('describes itself, to signed-in people only', async () => {
    expect((await fixture.send({ path: '/control/openapi.json' })).status).toBe(401);
    const answer = await fixture.send({ path: '/control/openapi.json', headers });
    expect(answer.json()).toMatchObject({
      openapi: '3.1.0',
      paths: {
        '/control/session': { post: { operationId: 'session.open', security: [] } },
        '/control/chats/{id}/messages': {
          post: { parameters: [{ name: 'id', in: 'path' }], requestBody: { required: true } },
        },
        '/control/attachments': {
          post: { requestBody: { content: { 'application/octet-stream': {} } } },
        },
      },
    });
  });
});
