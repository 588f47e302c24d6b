import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { MillpondError } from '../core/error.ts';
import type { InferenceRequest } from '../core/inference.ts';
import type { RequestLogStore } from '../gateway/ports.ts';
import {
  directoryOf,
  localUpstream,
  offeredModel,
  ownerPersonId,
  startGateway,
} from '../testing/gateway-fixture.ts';
import type { GatewayFixture } from '../testing/gateway-fixture.ts';
import {
  createScriptedBackend,
  saying,
  scriptedHead,
  textChunks,
} from '../testing/scripted-backend.ts';
import { createMemoryStores } from '../testing/memory-stores.ts';

const opened: GatewayFixture[] = [];
const folders: string[] = [];

afterEach(async () => {
  for (const { gateway } of opened.splice(0)) await gateway.stop();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

async function open(...input: Parameters<typeof startGateway>): Promise<GatewayFixture> {
  const fixture = await startGateway(...input);
  opened.push(fixture);
  return fixture;
}

const sayHi = () => createScriptedBackend(() => saying('Hi'));
const hello = { model: 'guide', messages: [{ role: 'user', content: 'Hi' }] };

function windowRequest(model: string): InferenceRequest {
  return {
    envelope: {
      requestId: '0190a000-0000-7000-8000-00000000000a',
      model,
      tenant: 'claimed',
      caller: 'claimed',
      priority: 0,
      privacy: 'any',
      marks: [],
    },
    input: { task: 'embedding', inputs: ['x'] },
  };
}

describe('the window', () => {
  test('uses the same pipeline without HTTP, as itself, wherever the chosen model runs', async () => {
    const backend = sayHi();
    const { gateway, stores } = await open(backend);
    const { signal } = new AbortController();
    const chunks = gateway.windowBackend(ownerPersonId).infer(windowRequest('tutor'), { signal });
    const types = (await Array.fromAsync(chunks)).map((chunk) => chunk.type);
    expect(types).toEqual(['head', 'text', 'finish']);
    expect(backend.calls[0]?.request.envelope).toMatchObject({
      requestId: '0190a000-0000-7000-8000-00000000000a',
      model: 'guide',
      tenant: ownerPersonId,
      caller: 'window',
      priority: 9,
      // In the window a person chooses who may read, request by request.
      privacy: 'any',
    });
    await expect
      .poll(() => stores.requestLog.records)
      .toMatchObject([
        { caller: 'window', client: 'Millpond', state: 'done', usage: { completionTokens: 1 } },
      ]);
  });

  test('is told in the same words what is wrong', async () => {
    const { gateway } = await open(sayHi());
    const { signal } = new AbortController();
    const chunks = gateway.windowBackend(ownerPersonId).infer(windowRequest('nothing'), { signal });
    await expect(Array.fromAsync(chunks)).rejects.toMatchObject({ code: 'model-not-found' });
  });
});

describe('activity', () => {
  test('shows a running request, and ends it when the owner says so', async () => {
    const backend = createScriptedBackend(() => [
      scriptedHead,
      ...textChunks('a'),
      () => new Promise(() => {}),
    ]);
    const { gateway, post } = await open(backend, {
      directory: directoryOf([offeredModel('guide', { isReady: false })], [localUpstream(backend)]),
    });
    const made = backend.nextCall();
    const answer = post('/v1/chat/completions', hello, { 'user-agent': 'curl/8.5.0 extra' });
    await made;
    await expect
      .poll(async () => (await gateway.activity.list({ limit: 10 })).requests)
      .toMatchObject([
        {
          state: 'answering',
          caller: 'keyless',
          client: 'curl/8.5.0',
          path: '/v1/chat/completions',
          machine: 'test-machine',
        },
      ]);
    const [running] = (await gateway.activity.list({ limit: 10, state: 'running' })).requests;
    gateway.activity.cancel(running?.id ?? '');
    const { status, text } = await answer;
    expect(status).toBe(499);
    expect(text).toContain('The owner of this machine ended the request');
    const { requests } = await gateway.activity.list({ limit: 10 });
    expect(requests).toMatchObject([{ state: 'cancelled', usage: { completionTokens: 1 } }]);
  });

  test('goes on answering while the request log is down, and shows what it kept', async () => {
    const stores = createMemoryStores();
    let isDown = true;
    const requestLog: RequestLogStore = {
      ...stores.requestLog,
      append: (records) =>
        isDown ? Promise.reject(new Error('disk gone')) : stores.requestLog.append(records),
    };
    const { gateway, post } = await open(sayHi(), { stores: { ...stores, requestLog } });
    expect((await post('/v1/chat/completions', hello)).status).toBe(200);
    const { requests } = await gateway.activity.list({ limit: 10, search: 'GUIDE' });
    expect(requests).toMatchObject([{ state: 'done', model: 'guide' }]);
    isDown = false;
    await gateway.stop();
    opened.pop();
    expect(stores.requestLog.records).toHaveLength(1);
  });
});

describe('E29: a restart', () => {
  test('keeps keys and sessions, and forgets unused login codes', async () => {
    const first = await open(sayHi());
    const { keys, sessions } = first.gateway;
    const { key } = await keys.create(ownerPersonId, 'laptop');
    const { token } = await sessions.open(sessions.createCode(ownerPersonId));
    const unused = sessions.createCode(ownerPersonId);
    const { stores } = first;
    const second = await open(sayHi(), { stores, preferences: () => ({ keyless: false }) });
    const ask = (headers: Record<string, string>) =>
      second.send({ path: '/v1/models', headers }).then(({ status }) => status);
    expect(await ask({})).toBe(401);
    expect(await ask({ authorization: `Bearer ${key}` })).toBe(200);
    expect(await ask({ authorization: `Bearer ${token}` })).toBe(200);
    await expect(second.gateway.sessions.open(unused)).rejects.toMatchObject({
      code: 'unauthenticated',
    });
    const [stored] = await stores.keys.list();
    expect(stored).toMatchObject({ name: 'laptop' });
    expect(JSON.stringify([stored, await stores.sessions.list()])).not.toContain(token);
  });
});

describe('the port', () => {
  test.each(['127.0.0.1', '::1'])('held by a stranger on %s is said', async (host) => {
    const stranger = createServer();
    await new Promise<void>((resolve) => stranger.listen({ host, port: 0 }, resolve));
    const { port } = stranger.address() as AddressInfo;
    try {
      await expect(startGateway(sayHi(), { port })).rejects.toMatchObject({
        code: 'conflict',
        reason: 'port-in-use',
      });
      // Nothing was left open behind the refusal.
      await expect(startGateway(sayHi(), { port })).rejects.toBeInstanceOf(MillpondError);
    } finally {
      await new Promise((resolve) => stranger.close(resolve));
    }
    const { port: taken } = await open(sayHi(), { port });
    expect(taken).toBe(port);
  });
});

describe('the window as files', () => {
  function builtWindow(): string {
    const folder = mkdtempSync(join(tmpdir(), 'millpond-window-'));
    folders.push(folder);
    mkdirSync(join(folder, 'assets'));
    writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Millpond</title>');
    writeFileSync(join(folder, 'assets', 'main-Ab12.js'), 'export {};');
    writeFileSync(join(folder, '..', 'outside.txt'), 'a private file');
    return folder;
  }

  test('every address of the app answers with its page, under a strict policy', async () => {
    const { send } = await open(sayHi(), { rendererFolder: builtWindow() });
    for (const path of ['/', '/chat/0190a000', '/models', '/activity?state=done']) {
      const { status, headers, text } = await send({ path });
      expect(status).toBe(200);
      expect(text).toContain('<title>Millpond</title>');
      expect(headers['cache-control']).toBe('no-cache');
      const policy = String(headers['content-security-policy']);
      expect(policy).toContain("default-src 'self'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toContain('unsafe');
    }
  });

  test('hashed files never change; missing ones are not the page', async () => {
    const { send } = await open(sayHi(), { rendererFolder: builtWindow() });
    const file = await send({ path: '/assets/main-Ab12.js' });
    expect(file.headers['content-type']).toContain('javascript');
    expect(file.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect(file.headers['x-content-type-options']).toBe('nosniff');
    expect((await send({ path: '/assets/main-Old.js' })).status).toBe(404);
    expect((await send({ path: '/v1/nothing' })).status).toBe(404);
    expect((await send({ path: '/control/nothing' })).json()).toMatchObject({
      error: { code: 'not-found' },
    });
  });

  test.each([
    '/../outside.txt',
    '/%2e%2e/outside.txt',
    '/..%2foutside.txt',
    '/assets/..%2f..%2foutside.txt',
  ])('nothing outside the folder is served: %s', async (path) => {
    const { send } = await open(sayHi(), { rendererFolder: builtWindow() });
    expect((await send({ path })).text).not.toContain('private');
  });
});
