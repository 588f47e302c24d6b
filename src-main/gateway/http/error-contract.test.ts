import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MillpondError } from '../../core/error.ts';
import type { GatewayFixture } from '../../testing/gateway-fixture.ts';
import { scriptedHead } from '../../testing/scripted-backend.ts';
import { chat, expectError, hello, openContractScene } from './error-contract.fixture.ts';
import type { ContractScene } from './error-contract.fixture.ts';

let scene: ContractScene;
let fixture: GatewayFixture;

beforeEach(async () => {
  scene = await openContractScene();
  fixture = scene.fixture;
});

afterEach(async () => {
  await fixture.gateway.stop();
});

describe('E10: the error contract', () => {
  test('no key where one is needed is a 401', async () => {
    scene.isKeyless = false;
    const answer = await fixture.post(chat, hello);
    expectError(answer, 401, 'missing_api_key', null);
    expect(answer.headers['www-authenticate']).toBe('Bearer');
  });

  test.each(['Bearer mp_wrong', 'Bearer sk-something', 'Basic abc'])(
    'a wrong key is a 401 even on keyless loopback: %s',
    async (authorization) => {
      expectError(await fixture.post(chat, hello, { authorization }), 401, 'invalid_api_key', null);
      const headers = { 'x-api-key': authorization };
      expectError(await fixture.post(chat, hello, headers), 401, 'invalid_api_key', null);
    },
  );

  test('a placeholder of a tool that insists on a key is no key', async () => {
    const headers = { authorization: 'Bearer not-needed' };
    expect((await fixture.post(chat, hello, headers)).status).toBe(200);
    scene.isKeyless = false;
    expect((await fixture.post(chat, hello, headers)).status).toBe(401);
  });

  test('a missing model is a 400', async () => {
    expectError(await fixture.post(chat, { messages: [] }), 400, 'invalid_request', 'model');
  });

  test('missing messages are a 400', async () => {
    expectError(await fixture.post(chat, { model: 'guide' }), 400, 'invalid_request', 'messages');
  });

  test('an unknown model is a 404', async () => {
    const answer = await fixture.post(chat, { ...hello, model: 'nothing' });
    expectError(answer, 404, 'model_not_found', 'model');
  });

  test('a known model that nothing can answer is a 503 with Retry-After', async () => {
    const answer = await fixture.post(chat, { ...hello, model: 'asleep' });
    expectError(answer, 503, 'unavailable', null);
    expect(answer.headers['retry-after']).toBe('5');
  });

  test('a body that is too large is a 413', async () => {
    const messages = [{ role: 'user', content: 'x'.repeat(10_001) }];
    expectError(await fixture.post(chat, { ...hello, messages }), 413, 'request_too_large', null);
  });

  test.each(['{"model":', '', '[]', '"text"', 'null'])('a body of %j is a 400', async (body) => {
    const answer = await fixture.send({
      method: 'POST',
      path: chat,
      body,
      headers: { 'content-type': 'application/json' },
    });
    expectError(answer, 400, body === '{"model":' ? 'invalid_json' : 'invalid_request', null);
  });

  test('a body that is not declared as JSON is a 400', async () => {
    const answer = await fixture.send({
      method: 'POST',
      path: chat,
      body: JSON.stringify(hello),
      headers: { 'content-type': 'text/plain' },
    });
    expectError(answer, 400, 'unsupported_media_type', null);
  });

  test('an unknown address is a 404 and a wrong method a 405', async () => {
    expectError(await fixture.send({ path: '/v1/nothing' }), 404, 'unknown_url', null);
    expectError(await fixture.post('/nothing', {}), 404, 'unknown_url', null);
    const answer = await fixture.send({ path: chat });
    expectError(answer, 405, 'method_not_allowed', null);
    expect(answer.headers['allow']).toBe('POST');
    expectError(await fixture.post('/v1/models', {}), 405, 'method_not_allowed', null);
  });

  test('a model that cannot do what is asked is a 400 that names the capability', async () => {
    const answer = await fixture.post(chat, { ...hello, model: 'embedder' });
    expectError(answer, 400, 'unsupported_capability', 'messages');
    const content = [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }];
    const picture = await fixture.post(chat, { ...hello, messages: [{ role: 'user', content }] });
    expectError(picture, 400, 'unsupported_capability', 'messages');
    expect(picture.text).toContain('vision');
  });

  test.each([
    [{ web_search_options: {} }, 'web_search_options'],
    [{ store: true }, 'store'],
    [{ service_tier: 'priority' }, 'service_tier'],
    [
      { messages: [{ role: 'user', content: [{ type: 'input_audio', input_audio: {} }] }] },
      'messages[0].content[0]',
    ],
    [{ api_base: 'http://10.0.0.1' }, 'api_base'],
  ])('what no upstream of the model understands is a 400: %j', async (fields, param) => {
    const answer = await fixture.post(chat, { ...hello, ...fields });
    expectError(answer, 400, 'unsupported_parameter', param);
  });

  test('a full queue is a 503 with the time to come back', async () => {
    scene.steps = () => [
      new MillpondError('overloaded', 'The queue is full', { retryAfterMs: 2500 }),
    ];
    const answer = await fixture.post(chat, hello);
    expectError(answer, 503, 'overloaded', null);
    expect(answer.headers['retry-after']).toBe('3');
    expect(answer.headers['retry-after-ms']).toBe('2500');
  });

  test('a bug is a 500 that tells nothing about itself', async () => {
    scene.steps = () => [new TypeError('secret detail')];
    const answer = await fixture.post(chat, hello);
    expectError(answer, 500, 'internal', null);
    expect(answer.text).not.toContain('secret');
    expect(answer.headers['x-should-retry']).toBe('false');
  });

  test('an answer that takes too long is a 503 with Retry-After', async () => {
    const never = new Promise<never>(() => {});
    scene.steps = () => [scriptedHead, () => never];
    const answer = await fixture.post(chat, hello);
    expectError(answer, 503, 'unavailable', null);
    expect(answer.headers['retry-after']).toBe('30');
  });

  test('headers beyond the limit are refused before anything is read', async () => {
    const answer = await fixture.send({
      path: '/health',
      headers: { 'x-long': 'x'.repeat(17_000) },
    });
    expect(answer.status).toBe(431);
    expect(answer.json()).toMatchObject({ error: { type: 'invalid_request_error' } });
  });

  test('a body that nests without end is a 400, one as deep as a schema is read', async () => {
    const nested = (levels: number): string => {
      const metadata = `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
      return `{"model":"guide","messages":[{"role":"user","content":"Hi"}],"metadata":${metadata}}`;
    };
    const send = (body: string) =>
      fixture.send({
        ...{ method: 'POST', path: chat, body },
        headers: { 'content-type': 'application/json' },
      });
    expectError(await send(nested(1000)), 400, 'nested_too_deeply', null);
    expect((await send(nested(100))).status).toBe(200);
  });

  test('fields named like parts of an object change no object', async () => {
    const body = '{"model":"guide","__proto__":{"polluted":1},"constructor":{"prototype":{"x":1}}';
    const answer = await fixture.send({
      method: 'POST',
      path: chat,
      body: `${body},"messages":[{"role":"user","content":"Hi"}]}`,
      headers: { 'content-type': 'application/json' },
    });
    expect(answer.headers['x-millpond-ignored']).toContain('__proto__');
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect({}).not.toHaveProperty('polluted');
  });

  test('an address that cannot be decoded is a 400', async () => {
    expectError(await fixture.send({ path: '/%' }), 400, 'invalid_request', null);
  });
});

describe('paths that name the model', () => {
  test.each(['acme/chat:Q4', 'acme%2Fchat:Q4', 'acme%2Fchat%3AQ4'])('%s', async (id) => {
    const { messages } = hello;
    const answer = await fixture.post(`/v1/models/${id}/chat/completions`, { messages });
    expect(answer.status).toBe(200);
    const model = await fixture.send({ path: `/v1/models/${id}` });
    expect(model.json()).toMatchObject({ id: 'acme/chat:Q4', object: 'model' });
  });

  test('another model in the body is a 400', async () => {
    const answer = await fixture.post('/v1/models/guide/chat/completions', {
      ...hello,
      model: 'asleep',
    });
    expectError(answer, 400, 'invalid_request', 'model');
  });

  test('an operation that does not exist is a 404', async () => {
    expectError(await fixture.post('/v1/models/guide/dream', hello), 404, 'unknown_url', null);
  });
});

describe('E10: the route table', () => {
  test('is open to strangers exactly where the design says so', async () => {
    scene.isKeyless = false;
    const open: string[] = [];
    for (const { method, url } of fixture.gateway.routes()) {
      const path = url.replace(/:\w+/g, '0190a000-0000-7000-8000-000000000002').replace('*', 'x');
      const answer = await fixture.send({
        method,
        path,
        ...(method !== 'GET' && method !== 'HEAD' && { body: '{}' }),
        headers: { 'content-type': 'application/json' },
      });
      if (answer.status !== 401) open.push(`${method} ${url}`);
    }
    expect(open.toSorted()).toEqual([
      'GET /*',
      // Tells nothing before its first message proved a session; see the live socket's tests.
      'GET /control/live',
      // Says whether there is a password, so that the page knows what to ask for.
      'GET /control/welcome',
      'GET /health',
      'HEAD /*',
      'HEAD /control/live',
      'HEAD /control/welcome',
      'HEAD /health',
      'POST /control/proxy-sign-in',
      'POST /control/redeem',
      'POST /control/session',
      'POST /control/set-up',
      'POST /control/sign-in',
    ]);
  });

  test('with keyless on, only inference and the model list open as well', async () => {
    const paths = ['/v1/models', '/v1/models/guide'];
    for (const path of paths) expect((await fixture.send({ path })).status).toBe(200);
    for (const path of ['/metrics', '/control/server', '/control/openapi.json']) {
      expect((await fixture.send({ path })).status).toBe(401);
    }
  });
});
