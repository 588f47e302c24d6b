import { request as httpRequest } from 'node:http';
import { z } from 'zod';
import { expect, provingModels, test } from '../fixtures/openai.ts';

const errorAnswer = z.object({
  error: z.object({
    message: z.string().min(10),
    type: z.string(),
    param: z.string().nullable(),
    code: z.string().nullable(),
    request_id: z.string(),
  }),
});

interface Refusal {
  readonly what: string;
  readonly status: number;
  readonly body: string;
  readonly headers?: Record<string, string>;
  readonly param?: string;
  readonly code?: string;
}

const message = { role: 'user', content: 'Hi' };
const refusals: readonly Refusal[] = [
  {
    what: 'a wrong key',
    status: 401,
    headers: { authorization: 'Bearer sk-millpond-not-a-key' },
    body: JSON.stringify({ model: 'guide', messages: [message] }),
  },
  {
    what: 'no model',
    status: 400,
    body: JSON.stringify({ messages: [message] }),
    param: 'model',
  },
  { what: 'malformed JSON', status: 400, body: '{"model": ' },
  {
    what: 'an unknown model',
    status: 404,
    body: JSON.stringify({ model: 'nobody/nothing', messages: [message] }),
    code: 'model_not_found',
  },
  {
    what: 'a body that is too large',
    status: 413,
    body: JSON.stringify({
      model: 'guide',
      messages: [{ role: 'user', content: 'x'.repeat(40_000_000) }],
    }),
  },
];

async function expectRefusal(origin: string, refusal: Refusal): Promise<void> {
  const { status, body, headers, param, code } = refusal;
  const response = await fetch(`${origin}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
  expect(response.status).toBe(status);
  const { error } = errorAnswer.parse(await response.json());
  expect(error.request_id).toBe(response.headers.get('x-request-id'));
  if (param !== undefined) expect(error.param).toBe(param);
  if (code !== undefined) expect(error.code).toBe(code);
  expect(error.message).not.toMatch(/\bat .*\.(js|ts):\d+/);
}

for (const refusal of refusals) {
  test(`E10: ${refusal.what} is answered with ${refusal.status} in OpenAI's form`, async ({
    runtime,
  }) => {
    await expectRefusal(runtime.origin, refusal);
  });
}

for (const name of provingModels) {
  test(`E10: what ${name} cannot be asked is a 400 that names the parameter or the cause`, async ({
    runtime,
  }) => {
    const { id: model } = await runtime.model(name);
    const long = { role: 'user', content: 'pond '.repeat(9000) };
    const bodies = [
      { body: { model }, param: 'messages' },
      { body: { model, messages: [message], temperature: 3 }, param: 'temperature' },
      { body: { model, messages: [long] }, code: 'context_length_exceeded' },
    ];
    for (const { body, ...expected } of bodies) {
      await expectRefusal(runtime.origin, {
        what: 'a wrong body',
        status: 400,
        body: JSON.stringify(body),
        ...expected,
      });
    }
  });
}

test('E10: with keyless switched off, a request without a key is refused', async ({ runtime }) => {
  await runtime.control.server.update({ keyless: false });
  try {
    const refused = await fetch(`${runtime.origin}/v1/models`);
    expect(refused.status).toBe(401);
    errorAnswer.parse(await refused.json());
    const { key } = await runtime.control.server.createKey({ name: 'the control' });
    const headers = { authorization: `Bearer ${key}` };
    expect((await fetch(`${runtime.origin}/v1/models`, { headers })).status).toBe(200);
  } finally {
    await runtime.control.server.update({ keyless: true });
  }
});

test('a revoked key stops working at once', async ({ runtime }) => {
  const { key, record } = await runtime.control.server.createKey({ name: 'short-lived' });
  const headers = { authorization: `Bearer ${key}` };
  expect((await fetch(`${runtime.origin}/v1/models`, { headers })).status).toBe(200);
  await runtime.control.server.revokeKey({ id: record.id });
  expect((await fetch(`${runtime.origin}/v1/models`, { headers })).status).toBe(401);
});

test('keyless is refused behind a proxy', async ({ runtime }) => {
  const headers = { 'x-forwarded-for': '203.0.113.9' };
  expect((await fetch(`${runtime.origin}/v1/models`, { headers })).status).toBe(401);
  expect((await fetch(`${runtime.origin}/v1/models`)).status).toBe(200);
});

/** `fetch` sets Host and Origin itself; a page of another site would send these. */
function statusWith(origin: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(`${origin}/v1/models`, { headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.once('error', reject);
    sent.end();
  });
}

test('a foreign Host or Origin is refused, so that no web page can reach the models', async ({
  runtime,
}) => {
  const { host } = new URL(runtime.origin);
  expect(await statusWith(runtime.origin, { host })).toBe(200);
  expect(await statusWith(runtime.origin, { host: 'evil.example' })).toBeGreaterThanOrEqual(400);
  expect(
    await statusWith(runtime.origin, { host, origin: 'https://evil.example' }),
  ).toBeGreaterThanOrEqual(400);
});

test('the control API answers nobody without a session, keyless or not', async ({ runtime }) => {
  for (const path of ['/control/models', '/control/chats', '/control/server', '/control/log']) {
    expect((await fetch(runtime.origin + path)).status).toBe(401);
  }
});
