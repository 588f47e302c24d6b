import { beforeEach, describe, expect, test } from 'vitest';
import { noCapabilities } from '../../core/model.ts';
import type { InferenceRequest } from '../../core/inference.ts';
import { everyCapability, offeredModel } from '../../testing/gateway-fixture.ts';
import type { GatewayFixture } from '../../testing/gateway-fixture.ts';
import {
  createScriptedBackend,
  finishChunk,
  saying,
  scriptedHead,
} from '../../testing/scripted-backend.ts';
import type { ScriptStep } from '../../testing/scripted-backend.ts';
import type { Upstream } from '../ports.ts';
import { asOwner, openCloudGateway, sendJson, startCloud } from './cloud.fixture.ts';
import type { Cloud } from './cloud.fixture.ts';

let fixture: GatewayFixture;
let cloud: Cloud;

function script({ input }: InferenceRequest): ScriptStep[] {
  if (input.task !== 'embedding') return saying('Hello', ' you');
  return [scriptedHead, { type: 'embedding', index: 0, vector: [0.5, 0.25] }, finishChunk(0)];
}

/** A node with a chat and an embedding model, and a provider with pictures. */
beforeEach(async () => {
  const node: Upstream = {
    ...{ id: 'n1', kind: 'node', machine: 'attic', poolId: 'pool' },
    backend: createScriptedBackend(script),
  };
  cloud = await startCloud(['dall-e-9'], ({ url }, response) => {
    if (!url.startsWith('/v1/images/') && !url.startsWith('/v1/audio/')) {
      response.writeHead(404, { 'content-type': 'text/html' }).end('<h1>404</h1>');
      return;
    }
    sendJson(response, 200, { created: 1, data: [{ b64_json: 'AAAA' }] });
  });
  const ids = ['acme/talker', 'vectors'];
  fixture = await openCloudGateway({
    directory: {
      models: () => [
        offeredModel('acme/talker', { capabilities: { ...everyCapability, embedding: false } }),
        offeredModel('vectors', { capabilities: { ...noCapabilities, embedding: true } }),
      ],
      resolve: (name) => (ids.includes(name) ? { id: name } : undefined),
      candidates: ({ envelope }) => (ids.includes(envelope.model) ? [node] : []),
    },
  });
  const { signal } = new AbortController();
  await fixture.gateway.providers.add(
    {
      ...{ preset: 'custom', baseUrl: cloud.url, keys: ['sk-far'], name: 'far' },
      names: { 'dall-e-9': 'painter' },
    },
    { signal },
  );
  await fixture.gateway.aliases.save({
    name: 'pictures',
    members: [{ model: 'acme/talker' }, { model: 'painter' }],
    mayCrossToCloud: true,
  });
});

const post = (path: string, body: object) => fixture.post(path, body, asOwner);

describe('E8: other endpoints', () => {
  test('completions and embeddings of a node, streamed and not', async () => {
    const whole = await post('/v1/completions', { model: 'acme/talker', prompt: 'Hi' });
    expect(whole.json()).toMatchObject({
      object: 'text_completion',
      choices: [{ text: 'Hello you' }],
    });
    const streamed = await post('/v1/completions', {
      model: 'acme/talker',
      prompt: 'Hi',
      stream: true,
    });
    expect(streamed.text).toContain('data: [DONE]');
    const vectors = await post('/v1/embeddings', { model: 'vectors', input: 'Hi' });
    expect(vectors.json()).toMatchObject({ data: [{ embedding: [0.5, 0.25] }] });
  });

  test('responses of a node, streamed and not', async () => {
    const whole = await post('/v1/responses', { model: 'acme/talker', input: 'Hi', store: false });
    expect(whole.status).toBe(200);
    expect(whole.json()).toMatchObject({ object: 'response', status: 'completed' });
    expect(whole.text).toContain('Hello you');
    const body = { model: 'acme/talker', input: 'Hi', stream: true, store: false };
    const streamed = await post('/v1/responses', body);
    expect(streamed.text).toContain('event: response.completed');
  });

  test('chat under the path of a model', async () => {
    const path = '/v1/models/acme/talker/chat/completions';
    const answer = await post(path, { messages: [{ role: 'user', content: 'Hi' }] });
    expect(answer.json()).toMatchObject({ choices: [{ message: { content: 'Hello you' } }] });
  });

  test.each(['painter', 'pictures', 'painter@far'])(
    'pictures by the provider, which hears its own name for %s',
    async (model) => {
      const path = '/v1/images/generations';
      const headers = { ...asOwner, 'content-type': 'application/json' };
      const body = `{ "prompt":"a mill","model":"${model}", "n": 1 }`;
      const painted = await fixture.send({ method: 'POST', path, headers, body });
      expect(painted.json()).toEqual({ created: 1, data: [{ b64_json: 'AAAA' }] });
      expect(painted.headers).toMatchObject({ 'x-millpond-provider': 'far' });
      expect(cloud.asked.at(-1)).toMatchObject({ method: 'POST', url: path });
      expect(cloud.asked.at(-1)?.body.toString()).toBe(
        '{ "prompt":"a mill","model":"dall-e-9", "n": 1 }',
      );
    },
  );

  test('a form with a file reaches the provider byte for byte but for the name', async () => {
    const form = new FormData();
    const noise = Buffer.from(Array.from({ length: 5000 }, (_, index) => (index * 37) % 256));
    form.set('model', 'painter');
    form.set('image', new Blob([noise], { type: 'image/png' }), 'a.png');
    const sent = await fetch(`${fixture.origin}/v1/images/edits`, {
      ...{ method: 'POST', headers: asOwner, body: form },
    });
    expect(sent.status).toBe(200);
    const { body, headers } = cloud.asked.at(-1) ?? { body: Buffer.alloc(0), headers: {} };
    expect(headers['content-length']).toBe(body.length.toString());
    expect(body.includes(noise)).toBe(true);
    expect(body.toString('latin1')).toMatch(/name="model"\r\n\r\ndall-e-9\r\n/);
    expect(body.toString('latin1')).not.toContain('painter');
  });

  test('what nobody has is a 400 or 404 in the usual shape that names the model', async () => {
    const machine = await post('/v1/images/generations', { model: 'acme/talker', prompt: 'x' });
    expect(machine.status).toBe(400);
    expect(machine.json()).toMatchObject({ error: { code: 'unsupported_capability' } });
    expect(machine.text).toContain("'acme/talker'");
    const missing = await post('/v1/moderations', { model: 'painter', input: 'x' });
    expect(missing.status).toBe(404);
    expect(missing.json()).toMatchObject({ error: { type: 'not_found_error', param: 'model' } });
    expect(missing.text).toContain("'painter'");
    const wrong = await post('/v1/embeddings', { model: 'acme/talker', input: 'x' });
    expect(wrong.json()).toMatchObject({ error: { code: 'unsupported_capability' } });
  });
});
