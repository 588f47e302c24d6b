import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { InferenceChunk } from '../../core/inference.ts';
import {
  localUpstream,
  offeredModel,
  ownerToken,
  startGateway,
} from '../../testing/gateway-fixture.ts';
import type { GatewayFixture } from '../../testing/gateway-fixture.ts';
import { createScriptedBackend, saying } from '../../testing/scripted-backend.ts';
import type { Upstream } from '../ports.ts';

let fixture: GatewayFixture;
let answer: () => InferenceChunk[];
const provider = createScriptedBackend(() => answer());
const headers = { authorization: `Bearer ${ownerToken}` };
const json = { ...headers, 'content-type': 'application/json' };

beforeEach(async () => {
  answer = () => replying(200, 'application/json', '{"data":[]}');
  const far: Upstream = { id: 'far', kind: 'provider', backend: provider, speaks: ['openai'] };
  const local = localUpstream(createScriptedBackend(() => saying('local')));
  const ids = ['guide', 'painter'];
  fixture = await startGateway(provider, {
    directory: {
      models: () => ids.map((id) => offeredModel(id)),
      resolve: (name) => (ids.includes(name) ? { id: name } : undefined),
      candidates: ({ envelope }) => (envelope.model === 'guide' ? [local] : [far]),
    },
  });
});

afterEach(async () => {
  await fixture.gateway.stop();
});

function replying(status: number, type: string, body: string): InferenceChunk[] {
  const servedBy = { upstream: 'far', machine: 'Far', model: 'painter', provider: 'Far' };
  return [
    { type: 'head', servedBy, status, headers: { 'content-type': type } },
    { type: 'bytes', bytes: Buffer.from(body) },
  ];
}

const paths = [
  '/images/generations',
  '/images/edits',
  '/images/variations',
  '/audio/speech',
  '/audio/transcriptions',
  '/audio/translations',
  '/moderations',
];

describe('E8: images, audio and moderations', () => {
  test.each(paths)('%s passes to a provider as it came, JSON and form', async (path) => {
    const body = '{ "model":"painter", "big": 12345678901234567890 }';
    const passed = await fixture.send({ method: 'POST', path: `/v1${path}`, headers: json, body });
    expect([passed.status, passed.text]).toEqual([200, '{"data":[]}']);
    const raw = provider.calls.at(-1)?.request.raw;
    expect(raw).toMatchObject({ dialect: 'openai', method: 'POST', path });
    expect(Buffer.from(raw?.body ?? []).toString()).toBe(body);

    const form = new FormData();
    form.set('file', new Blob([Buffer.from([0, 255, 13, 10])]), 'a.wav');
    form.set('model', 'painter');
    const { origin } = fixture;
    const posted = await fetch(`${origin}/v1${path}`, { method: 'POST', headers, body: form });
    expect(posted.status).toBe(200);
    const sent = provider.calls.at(-1)?.request.raw;
    expect(sent?.headers['content-type']).toMatch(/^multipart\/form-data; boundary=/);
    expect(Buffer.from(sent?.body ?? []).includes(Buffer.from([0, 255, 13, 10]))).toBe(true);
  });

  test('sound comes back as the bytes that it is', async () => {
    answer = () => replying(200, 'audio/mpeg', '\u00ff\u0000mp3');
    const sound = await fixture.post('/v1/audio/speech', { model: 'painter' }, headers);
    expect(sound.headers['content-type']).toBe('audio/mpeg');
    expect(sound.text).toBe('\u00ff\u0000mp3');
  });

  test('a model of a machine is a 400 that names it, and one that nobody has a 404', async () => {
    const local = await fixture.post('/v1/images/generations', { model: 'guide' }, headers);
    expect(local.status).toBe(400);
    expect(local.json()).toMatchObject({
      error: { param: 'model', code: 'unsupported_capability', type: 'invalid_request_error' },
    });
    expect(local.text).toContain("'guide'");
    const unknown = await fixture.post('/v1/images/generations', { model: 'nobody' }, headers);
    expect(unknown.status).toBe(404);
    expect(unknown.json()).toMatchObject({ error: { param: 'model', code: 'model_not_found' } });
  });

  test('no model is a 400', async () => {
    for (const body of [{}, { model: '' }, { model: 5 }]) {
      const missing = await fixture.post('/v1/moderations', body, headers);
      expect(missing.status).toBe(400);
      expect(missing.json()).toMatchObject({ error: { param: 'model' } });
    }
  });

  test("a provider's page that it has no such address becomes an error of this API", async () => {
    answer = () => replying(404, 'text/html', '<h1>Not found</h1>');
    const page = await fixture.post('/v1/audio/speech', { model: 'painter' }, headers);
    expect(page.status).toBe(404);
    expect(page.json()).toMatchObject({ error: { param: 'model', type: 'not_found_error' } });
    expect(page.text).toContain("'painter'");
    answer = () => replying(404, 'application/json', '{"error":{"message":"theirs"}}');
    const own = await fixture.post('/v1/audio/speech', { model: 'painter' }, headers);
    expect([own.status, own.text]).toEqual([404, '{"error":{"message":"theirs"}}']);
  });

  test('nobody without a key reaches a provider', async () => {
    const before = provider.calls.length;
    expect((await fixture.post('/v1/images/generations', { model: 'painter' })).status).toBe(401);
    expect(provider.calls.length).toBe(before);
  });

  test('malformed bodies are a 400', async () => {
    const body = '{"model":';
    const path = '/v1/images/generations';
    const broken = await fixture.send({ method: 'POST', path, headers: json, body });
    expect(broken.status).toBe(400);
    expect(broken.json()).toMatchObject({ error: { code: 'invalid_json' } });
    const form = { ...headers, 'content-type': 'multipart/form-data' };
    const cut = await fixture.send({ method: 'POST', path, headers: form, body: 'x' });
    expect(cut.status).toBe(400);
    expect(cut.json()).toMatchObject({ error: { code: 'invalid_form' } });
  });
});
