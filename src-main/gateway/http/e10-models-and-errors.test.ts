import { beforeEach, describe, expect, test } from 'vitest';
import { offeredModel, ownerPersonId } from '../../testing/gateway-fixture.ts';
import type { GatewayFixture } from '../../testing/gateway-fixture.ts';
import { createScriptedBackend, saying } from '../../testing/scripted-backend.ts';
import type { Upstream } from '../ports.ts';
import { addCloud, asOwner, openCloudGateway, sendJson, startCloud } from './cloud.fixture.ts';
import type { Cloud } from './cloud.fixture.ts';
import { expectError } from './error-contract.fixture.ts';

let fixture: GatewayFixture;
let cloud: Cloud;
let isKeyless: boolean;

const chat = '/v1/chat/completions';
const messages = [{ role: 'user', content: 'Hi' }];
const completion = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'gpt-x',
  choices: [{ index: 0, message: { role: 'assistant', content: 'far' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
};

/** One node, one provider, one alias, and a model that is known but whose node is offline. */
beforeEach(async () => {
  isKeyless = false;
  const node: Upstream = {
    ...{ id: 'n1', kind: 'node', machine: 'attic', poolId: 'pool' },
    backend: createScriptedBackend(() => saying('from the node')),
  };
  const owned = { ownedBy: 'Our pool' };
  const ids = ['acme/home:Q4', 'asleep'];
  cloud = await startCloud(['gpt-x', 'gpt-secret'], (_request, response) => {
    sendJson(response, 200, completion);
  });
  fixture = await openCloudGateway({
    directory: {
      models: () => ids.map((id) => offeredModel(id, owned)),
      resolve: (name) => (ids.includes(name) ? { id: name } : undefined),
      candidates: ({ envelope }) => (envelope.model === 'acme/home:Q4' ? [node] : []),
    },
    preferences: () => ({ keyless: isKeyless }),
    maxBodyBytes: 20_000,
  });
  await addCloud(fixture, cloud, { name: 'far', access: 'owner' });
  await fixture.gateway.aliases.save({
    name: 'smart',
    members: [{ model: 'asleep' }, { model: 'gpt-x' }],
    mayCrossToCloud: true,
  });
});

/** A model under each API of OpenAI's that takes JSON, with what it needs besides. */
const calls: readonly (readonly [path: string, rest: object, needs: string])[] = [
  [chat, { messages }, 'messages'],
  ['/v1/completions', { prompt: 'Hi' }, 'prompt'],
  ['/v1/embeddings', { input: 'Hi' }, 'input'],
  ['/v1/responses', { input: 'Hi' }, 'input'],
  ['/v1/rerank', { query: 'Hi', documents: ['a'] }, 'query'],
];

describe.each(calls)('E10: the error contract of %s', (path, rest, needs) => {
  const post = (body: object, headers: Record<string, string> = asOwner) =>
    fixture.post(path, body, headers);

  test('no key, a bad key, no model, nothing to answer, an unknown model', async () => {
    const whole = { model: 'acme/home:Q4', ...rest };
    expectError(await post(whole, {}), 401, 'missing_api_key', null);
    const bad = { authorization: 'Bearer mp_bad' };
    expectError(await post(whole, bad), 401, 'invalid_api_key', null);
    expectError(await post(rest), 400, 'invalid_request', 'model');
    expectError(await post({ model: 'acme/home:Q4' }), 400, 'invalid_request', needs);
    expectError(await post({ ...rest, model: 'nobody' }), 404, 'model_not_found', 'model');
  });

  test('a known model whose node is offline is a 503 with the time to come back', async () => {
    const answer = await post({ ...rest, model: 'asleep' });
    expectError(answer, 503, 'unavailable', null);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    expect(Number(answer.headers['retry-after-ms'])).toBeGreaterThan(0);
  });

  test('a body that is too large, and one that is no JSON', async () => {
    const large = await post({ ...rest, model: 'acme/home:Q4', user: 'x'.repeat(20_000) });
    expectError(large, 413, 'request_too_large', null);
    const headers = { ...asOwner, 'content-type': 'application/json' };
    const broken = await fixture.send({ method: 'POST', path, headers, body: '{"model": ' });
    expectError(broken, 400, 'invalid_json', null);
  });
});

describe('E10: the list of models', () => {
  interface Listed {
    readonly object: string;
    readonly data: readonly { readonly id: string; readonly owned_by: string }[];
  }
  const list = async (headers: Record<string, string>) => {
    const answer = await fixture.send({ path: '/v1/models', headers });
    expect(answer.status).toBe(200);
    expect(answer.text).not.toMatch(/https?:|127\.0\.0\.1|sk-/);
    const { object, data } = answer.json() as Listed;
    expect(object).toBe('list');
    return data;
  };
  const ids = (data: Listed['data']): string[] => data.map(({ id }) => id).toSorted();

  test('has nodes, providers and aliases in the shape of OpenAI, with source and capabilities', async () => {
    const data = await list(asOwner);
    expect(ids(data)).toEqual(['acme/home:Q4', 'asleep', 'gpt-secret', 'gpt-x', 'smart']);
    for (const model of data) {
      expect(model).toMatchObject({ object: 'model', created: expect.any(Number) as number });
    }
    const source = (id: string) => data.find((model) => model.id === id)?.owned_by;
    expect([source('acme/home:Q4'), source('gpt-x'), source('smart')]).toEqual([
      'Our pool',
      'far',
      'alias',
    ]);
    // A provider's list does not say what its models can do: nothing is guessed, nor of an alias with one.
    const knowing = data.filter((model) => 'capabilities' in model);
    expect(ids(knowing)).toEqual(['acme/home:Q4', 'asleep']);
    for (const model of knowing) expect(model).toHaveProperty('capabilities.chat', true);
    const path = '/v1/models/smart';
    const one = await fixture.send({ path, headers: asOwner });
    expect(one.json()).toMatchObject({ id: 'smart', object: 'model', owned_by: 'alias' });
  });

  test('shows each caller what exists for them', async () => {
    isKeyless = true;
    expect(ids(await list({}))).toEqual(['acme/home:Q4', 'asleep', 'smart']);
    const { keys } = fixture.gateway;
    const limited = await keys.create(ownerPersonId, 'limited', { models: ['gpt-x', 'asleep'] });
    const key = { 'x-api-key': limited.key };
    expect(ids(await list(key))).toEqual(['asleep', 'gpt-x', 'smart']);
    const hidden = await fixture.send({ path: '/v1/models/gpt-secret', headers: key });
    expectError(hidden, 404, 'model_not_found', 'model');
    const byAlias = await keys.create(ownerPersonId, 'alias', { models: ['smart'] });
    expect(ids(await list({ 'x-api-key': byAlias.key }))).toEqual(['smart']);
  });

  test('an alias is asked like a model, and says who answered', async () => {
    const answer = await fixture.post(chat, { model: 'smart', messages }, asOwner);
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({
      'x-millpond-alias': 'smart',
      'x-millpond-model': 'gpt-x',
      'x-millpond-provider': 'far',
    });
    isKeyless = true;
    const before = cloud.asked.length;
    const stranger = await fixture.post(chat, { model: 'smart', messages });
    expectError(stranger, 503, 'unavailable', null);
    expect(cloud.asked.length).toBe(before);
    await expect.poll(() => fixture.stores.requestLog.records.length).toBe(2);
    expect(fixture.stores.requestLog.records[0]).toMatchObject({
      alias: 'smart',
      model: 'gpt-x',
      provider: 'far',
      route: {
        alias: {
          members: [
            { model: 'asleep', outcome: 'failed' },
            { model: 'gpt-x', isCloud: true, outcome: 'answered' },
          ],
        },
      },
    });
  });
});
