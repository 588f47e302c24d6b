import type { ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import type { UsageLimits } from '../../contract/limits.ts';
import { ownerPersonId } from '../../testing/gateway-fixture.ts';
import type { GatewayFixture } from '../../testing/gateway-fixture.ts';
import { addCloud, asOwner, openCloudGateway, sendJson, startCloud } from './cloud.fixture.ts';

// What passes through untouched counts like what is asked at an address of ours.

const usage = { prompt_tokens: 600, completion_tokens: 600, total_tokens: 1200 };
const whole = {
  ...{ id: 'c', object: 'chat.completion', created: 1, model: 'big', usage },
  choices: [{ index: 0, message: { role: 'assistant', content: 'hi' }, finish_reason: 'stop' }],
};
const chunk = (content: string, more: object = {}) =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }], ...more })}\n\n`;

type Answer = (response: ServerResponse) => void;
const inOne: Answer = (response) => {
  sendJson(response, 200, whole);
};
const inPieces: Answer = (response) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.end(`${chunk('hi')}${chunk('', { usage })}data: [DONE]\n\n`);
};

async function open(answer: Answer): Promise<GatewayFixture> {
  const cloud = await startCloud(['big', 'small'], (_request, response) => {
    answer(response);
  });
  const fixture = await openCloudGateway();
  await addCloud(fixture, cloud, { name: 'one' });
  const tier = { maxInputTokens: 0, inputMicros: 1_000_000, outputMicros: 1_000_000 };
  await fixture.gateway.prices.set({ model: 'big', tiers: [tier] });
  return fixture;
}

async function keyFor({ gateway }: GatewayFixture, fields: object): Promise<string> {
  const { key } = await gateway.administration.create(ownerPersonId, { name: 'k', ...fields });
  return `Bearer ${key}`;
}

const chat = { model: 'big', messages: [{ role: 'user', content: 'x' }], max_tokens: 10 };
const path = '/v1/proxy/big/chat/completions';

const limits: readonly UsageLimits[] = [
  { tokensPerMinute: 1000 },
  { tokensPerDay: 1000 },
  { spendMicrosPerDay: 1000 },
];

test.each(
  limits.flatMap((each) => [
    { limits: each, answer: inOne },
    { limits: each, answer: inPieces },
  ]),
)('a provider behind the proxy is asked no further than $limits', async ({ limits, answer }) => {
  const fixture = await open(answer);
  const headers = { authorization: await keyFor(fixture, { limits }) };
  expect((await fixture.post(path, chat, headers)).status).toBe(200);
  for (const body of [chat, { prompt: 'a picture' }, { odd: true }]) {
    expect((await fixture.post('/v1/proxy/big/any', body, headers)).status).toBe(429);
  }
  // Looking costs no money.
  const look = await fixture.send({ path: '/v1/proxy/big/models/big', headers });
  expect(look.status).toBe('spendMicrosPerDay' in limits ? 200 : 429);
});

test('many at once reserve what they may take', async () => {
  const held: ServerResponse[] = [];
  const fixture = await open((response) => held.push(response));
  const headers = { authorization: await keyFor(fixture, { limits: { tokensPerDay: 1000 } }) };
  const bound = { ...chat, max_tokens: 400 };
  const asked = Array.from({ length: 20 }, () => fixture.post(path, bound, headers));
  await expect.poll(() => held.length).toBe(2);
  const refused = await Promise.race(asked);
  expect(refused.status).toBe(429);
  for (const response of held) inOne(response);
  const statuses = (await Promise.all(asked)).map(({ status }) => status);
  expect(statuses.filter((status) => status === 200)).toHaveLength(2);
});

test('its usage and cost are written down, and a refused request costs nothing', async () => {
  const fixture = await open(inOne);
  await fixture.post(path, chat, asOwner);
  const [record] = (await fixture.gateway.activity.list({ limit: 1 })).requests;
  expect(record).toMatchObject({
    usage: { promptTokens: 600, completionTokens: 600 },
    costMicros: 1200,
  });
  const strict = await open((response) => {
    sendJson(response, 400, { error: { message: 'no' } });
  });
  const headers = { authorization: await keyFor(strict, { limits: { tokensPerDay: 100 } }) };
  for (let turn = 0; turn < 20; turn += 1) {
    expect((await strict.post(path, chat, headers)).status).toBe(400);
  }
});

test.each(['text/plain', 'text/json', 'application/octet-stream', undefined])(
  'a body of type %s cannot name a model that the key is not for',
  async (type) => {
    const fixture = await open(inOne);
    const authorization = await keyFor(fixture, { models: ['small'] });
    const headers = { authorization, ...(type !== undefined && { 'content-type': type }) };
    const send = (body: string, more: object = {}) =>
      fixture.send({
        ...{ method: 'POST', path: '/v1/proxy/small/x', body },
        headers: { ...headers, ...more },
      });
    expect((await send(' {"model":"big"}')).status).toBe(400);
    expect((await send('\uFEFF{"model":"big"}')).status).toBe(400);
    expect((await send('{"model":"small"}')).status).toBe(200);
    expect((await send('{ no JSON')).status).toBe(200);
    expect((await send('packed', { 'content-encoding': 'gzip' })).status).toBe(400);
  },
);

test('neither can a form or a path', async () => {
  const fixture = await open(inOne);
  const authorization = await keyFor(fixture, { models: ['small'] });
  const form = { authorization, 'content-type': 'application/x-www-form-urlencoded' };
  const send = (tail: string, body: string) =>
    fixture.send({ method: 'POST', path: `/v1/proxy/small/${tail}`, headers: form, body });
  expect((await send('x', 'a=b&model=big')).status).toBe(400);
  expect((await send('x', 'model=small&model=big')).status).toBe(400);
  expect((await send('x', 'model=small')).status).toBe(200);
  expect((await send('models/big:generate', '')).status).toBe(400);
  expect((await send('v1/engines/big/completions', '')).status).toBe(400);
  expect((await send('models/small:generate', '')).status).toBe(200);
});

test('an error that repeats the key comes whole without it', async () => {
  const key = 'sk-one-secret-that-is-long';
  const cloud = await startCloud(['big'], (_request, response) => {
    const body = JSON.stringify({ error: { message: `nothing here for ${key}, sorry` } });
    response.writeHead(404, {
      ...{ 'content-type': 'application/json', 'content-length': body.length.toString() },
    });
    response.end(body);
  });
  const fixture = await openCloudGateway();
  await addCloud(fixture, cloud, { name: 'one', key });
  const answer = await fixture.send({ path: '/v1/proxy/big/x', headers: asOwner });
  expect(answer.status).toBe(404);
  expect(answer.json()).toHaveProperty('error.message');
  expect(answer.text).not.toContain('secret-that');
  expect(answer.headers['content-length']).toBe(Buffer.byteLength(answer.text).toString());
});
