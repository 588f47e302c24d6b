import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MillpondError } from '../../core/error.ts';
import type { InferenceChunk, RawRequest } from '../../core/inference.ts';
import {
  localUpstream,
  offeredModel,
  ownerPersonId,
  ownerToken,
  startGateway,
} from '../../testing/gateway-fixture.ts';
import type { GatewayFixture } from '../../testing/gateway-fixture.ts';
import { createScriptedBackend, saying } from '../../testing/scripted-backend.ts';
import type { ScriptStep } from '../../testing/scripted-backend.ts';
import type { Upstream, UpstreamDirectory } from '../ports.ts';

let fixture: GatewayFixture;
let owner: { readonly authorization: string };
let first: () => Iterable<ScriptStep>;
let second: () => Iterable<ScriptStep>;
const one = createScriptedBackend(() => first());
const two = createScriptedBackend(() => second());
const models = ['guide', 'gpt-x', 'acme/gpt-x', 'acme/gpt-x/mini', 'claude'];

beforeEach(async () => {
  first = () => passing(200, {}, 'one');
  second = () => passing(200, {}, 'two');
  const provider = (backend: typeof one, id: string): Upstream => ({
    ...{ id, kind: 'provider', backend },
    speaks: ['openai'],
  });
  const local = localUpstream(createScriptedBackend(() => saying('local')));
  const claude: Upstream = { ...provider(one, 'far'), speaks: ['anthropic'] };
  const directory: UpstreamDirectory = {
    models: () => models.map((id) => offeredModel(id)),
    resolve: (name) => (models.includes(name) ? { id: name } : undefined),
    candidates: ({ envelope }) => {
      if (envelope.model === 'guide') return [local];
      return envelope.model === 'claude' ? [claude] : [provider(one, 'one'), provider(two, 'two')];
    },
  };
  fixture = await startGateway(one, { directory, maxBodyBytes: 100_000 });
  owner = { authorization: `Bearer ${ownerToken}` };
});

afterEach(async () => {
  await fixture.gateway.stop();
});

function passing(
  status: number,
  headers: Readonly<Record<string, string>>,
  ...pieces: readonly string[]
): InferenceChunk[] {
  const servedBy = { upstream: 'one', machine: 'One', model: 'gpt-x', provider: 'One' };
  return [
    { type: 'head', servedBy, status, headers },
    ...pieces.map((text) => ({ type: 'bytes', bytes: Buffer.from(text) }) as const),
  ];
}

const lastRaw = (backend: typeof one): RawRequest | undefined => backend.calls.at(-1)?.request.raw;

const call = (method: string, path: string, more: object = {}) =>
  fixture.send({ method, path, headers: owner, ...more });

describe('the generic proxy', () => {
  test.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])(
    'passes %s with path, query, body and headers as they are',
    async (method) => {
      first = () => passing(207, { 'content-type': 'text/x-odd', 'x-custom': 'kept' }, 'o', 'dd');
      const body = method === 'GET' ? undefined : '\u0000\u0001 not JSON \u00ff';
      const answer = await call(method, '/v1/proxy/gpt-x/any/t%C3%A4il%20x?a=1&b=%2F', {
        headers: { ...owner, 'content-type': 'application/x-odd', 'x-asked': 'yes' },
        ...(body !== undefined && { body }),
      });
      expect([answer.status, answer.text]).toEqual([207, 'odd']);
      expect(answer.headers).toMatchObject({ 'content-type': 'text/x-odd', 'x-custom': 'kept' });
      expect(lastRaw(one)).toMatchObject({
        method,
        path: '/any/t%C3%A4il%20x?a=1&b=%2F',
        headers: { 'content-type': 'application/x-odd', 'x-asked': 'yes' },
      });
      expect(Buffer.from(lastRaw(one)?.body ?? []).toString()).toBe(body ?? '');
    },
  );

  test('HEAD and answers without a body come through', async () => {
    first = () => passing(204, { 'x-custom': 'kept' });
    const empty = await call('DELETE', '/v1/proxy/gpt-x/thing');
    expect([empty.status, empty.text, empty.headers['x-custom']]).toEqual([204, '', 'kept']);
    first = () => passing(200, { 'content-length': '12' });
    const head = await call('HEAD', '/v1/proxy/gpt-x/thing');
    expect([head.status, head.headers['content-length']]).toEqual([200, '12']);
  });

  test.each([
    ['gpt-x/chat/completions', 'gpt-x', '/chat/completions'],
    ['acme/gpt-x/chat/completions', 'acme/gpt-x', '/chat/completions'],
    ['acme%2Fgpt-x/chat/completions', 'acme/gpt-x', '/chat/completions'],
    ['acme/gpt-x/mini/x', 'acme/gpt-x/mini', '/x'],
    ['acme%2Fgpt-x%2Fmini/x%2Fy', 'acme/gpt-x/mini', '/x%2Fy'],
  ])('finds the longest known id in %s', async (rest, model, path) => {
    for (const prefix of ['/v1/proxy/', '/v1/']) {
      expect((await call('POST', prefix + rest, { body: 'x' })).status).toBe(200);
      expect(lastRaw(one)?.path).toBe(path);
      expect(one.calls.at(-1)?.request.envelope.model).toBe(model);
    }
  });

  test('asks the next provider as long as no byte was sent, and says who answered', async () => {
    first = () => [new MillpondError('unavailable', 'It is gone')];
    const answer = await call('POST', '/v1/proxy/gpt-x/x', { body: 'once' });
    expect(answer.text).toBe('two');
    expect(answer.headers).toMatchObject({
      'x-millpond-attempts': '2',
      'x-millpond-provider': 'One',
    });
    expect(Buffer.from(lastRaw(two)?.body ?? []).toString()).toBe('once');
  });

  test('a failure behind the first byte breaks the connection, or is the last event', async () => {
    const lost = new MillpondError('unavailable', 'It broke');
    first = () => [...passing(200, { 'content-length': '10' }, 'half'), lost];
    await expect(call('GET', '/v1/proxy/gpt-x/x')).rejects.toThrow();
    const events = { 'content-type': 'text/event-stream' };
    first = () => [...passing(200, events, 'data: {"a":1}\n\n'), lost];
    const { text } = await call('GET', '/v1/proxy/gpt-x/x');
    expect(text).toMatch(/^data: \{"a":1\}\n\n\n*data: \{"error":\{"message":"It broke"/);
    expect(text).not.toContain('[DONE]');
  });

  test('never passes credentials, connections and our own names, in neither direction', async () => {
    first = () =>
      passing(200, {
        ...{ 'set-cookie': 'a=b', authorization: 'Bearer sk-provider', 'x-api-key': 'sk-provider' },
        ...{ connection: 'x-hop', 'x-hop': '1', 'transfer-encoding': 'chunked', upgrade: 'h2c' },
        ...{ 'x-millpond-cache': 'hit', location: 'https://provider.example/x' },
        ...{ 'access-control-allow-origin': '*', 'strict-transport-security': 'max-age=1' },
        ...{ 'openai-organization': 'org-1', 'x-ratelimit-remaining-tokens': '7' },
        ...{ 'x-request-id': 'theirs', 'content-security-policy': 'none', 'x-fine': 'yes' },
      });
    const answer = await call('GET', '/v1/proxy/gpt-x/x', {
      headers: {
        ...{ ...owner, 'x-fine': 'yes', cookie: 'a=b', 'x-goog-api-key': 'mine' },
        ...{ 'openai-organization': 'org-2', 'x-millpond-conversation': 'c' },
        ...{
          'accept-encoding': 'gzip',
          te: 'trailers',
          connection: 'close, x-mine',
          'x-mine': '1',
        },
      },
    });
    expect(Object.keys(lastRaw(one)?.headers ?? {})).toEqual(['x-fine']);
    expect(JSON.stringify(answer.headers)).not.toMatch(/sk-provider|provider\.example|org-1/);
    const gone = ['set-cookie', 'x-hop', 'upgrade', 'x-millpond-cache', 'location'];
    gone.push('access-control-allow-origin', 'strict-transport-security');
    gone.push('x-ratelimit-remaining-tokens');
    expect(gone.filter((name) => name in answer.headers)).toEqual([]);
    expect(answer.headers).toMatchObject({ 'x-fine': 'yes', 'x-upstream-request-id': 'theirs' });
    expect(answer.headers['x-request-id']).not.toBe('theirs');
    expect(answer.headers['content-security-policy']).toContain("default-src 'none'");
  });

  test.each([
    '..',
    '../x',
    'a/../../x',
    '%2e%2e/x',
    'a/%2E%2E%2Fx',
    'a/%252e%252e/x',
    'a\\..\\x',
    'a%5c..%5cx',
    '/x',
    'a//x',
    'a%00b',
    'a%0d%0ahost:x',
    '%zz',
    'a/..;/x',
  ])('refuses a path that could lead elsewhere: %s', async (tail) => {
    const before = one.calls.length;
    const answer = await call('GET', `/v1/proxy/gpt-x/${tail}`);
    expect([400, 404]).toContain(answer.status);
    expect(answer.json()).toHaveProperty('error.request_id');
    expect(one.calls.length).toBe(before);
  });

  test('a body cannot name another model, an address or a key', async () => {
    const json = { ...owner, 'content-type': 'application/json' };
    const ask = (body: object) =>
      call('POST', '/v1/proxy/gpt-x/chat/completions', {
        headers: json,
        body: JSON.stringify(body),
      });
    expect((await ask({ model: 'gpt-x' })).status).toBe(200);
    expect((await ask({ messages: [] })).status).toBe(200);
    for (const wrong of [
      { model: 'acme/gpt-x' },
      { api_base: 'http://10.0.0.1' },
      { api_key: 'k' },
    ]) {
      const answer = await ask(wrong);
      expect(answer.status).toBe(400);
      expect(answer.json()).toHaveProperty('error.param', Object.keys(wrong)[0]);
    }
  });

  test('a provider of another API gets the bytes in its own', async () => {
    expect((await call('POST', '/v1/proxy/claude/messages', { body: 'x' })).status).toBe(200);
    expect(lastRaw(one)?.dialect).toBe('anthropic');
  });

  test('a model that no provider has, and one that nobody has, are named in the refusal', async () => {
    const local = await call('POST', '/v1/proxy/guide/x', { body: 'x' });
    expect(local.status).toBe(400);
    expect(local.json()).toMatchObject({
      error: { code: 'unsupported_capability', param: 'model' },
    });
    expect(local.text).toContain("'guide'");
    const unknown = await call('POST', '/v1/proxy/nobody/x', { body: 'x' });
    expect(unknown.json()).toMatchObject({ error: { code: 'model_not_found' } });
    const elsewhere = await call('POST', '/v1/nobody/x', { body: 'x' });
    expect(elsewhere.json()).toMatchObject({ error: { code: 'unknown_url' } });
  });

  test('nobody without a key gets through, not even on this machine', async () => {
    const before = one.calls.length;
    for (const path of ['/v1/proxy/gpt-x/x', '/v1/gpt-x/x']) {
      const answer = await fixture.send({ path });
      expect([401, 404]).toContain(answer.status);
    }
    expect((await fixture.send({ path: '/v1/proxy/gpt-x/x' })).status).toBe(401);
    expect(one.calls.length).toBe(before);
    const { key } = await fixture.gateway.keys.create(ownerPersonId, 'tool');
    const headers = { 'x-api-key': key };
    expect((await fixture.send({ path: '/v1/proxy/gpt-x/x', headers })).status).toBe(200);
  });

  test('a wrong method elsewhere is a 405 still', async () => {
    const answer = await call('DELETE', '/v1/chat/completions');
    expect([answer.status, answer.headers['allow']]).toEqual([405, 'POST']);
  });

  test('a body that is too large is a 413 in the usual words', async () => {
    const { key } = await fixture.gateway.keys.create(ownerPersonId, 'k', { models: ['gpt-x'] });
    for (const headers of [
      { 'x-api-key': key },
      { ...owner, 'content-type': 'application/json' },
      { ...owner, 'content-type': 'application/vnd.x+JSON' },
    ]) {
      const body = 'x'.repeat(100_001);
      const answer = await call('POST', '/v1/proxy/gpt-x/x', { headers, body });
      expect(answer.status).toBe(413);
      expect(answer.json()).toMatchObject({ error: { code: 'request_too_large' } });
    }
  });
});
