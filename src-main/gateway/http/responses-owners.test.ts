import OpenAI from 'openai';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { InferenceChunk } from '../../core/inference.ts';
import {
  directoryOf,
  localUpstream,
  offeredModel,
  ownerPersonId,
  startGateway,
} from '../../testing/gateway-fixture.ts';
import type { GatewayFixture } from '../../testing/gateway-fixture.ts';
import { finishChunk, scriptedHead } from '../../testing/scripted-backend.ts';
import type { ScriptedBackend } from '../../testing/scripted-backend.ts';
import { openOpenAiScene } from './openai-client.fixture.ts';
import type { OpenAiScene } from './openai-client.fixture.ts';

let scene: OpenAiScene;
let backend: ScriptedBackend;
let fixture: GatewayFixture;
let openai: OpenAI;

beforeEach(async () => {
  scene = await openOpenAiScene();
  ({ backend, fixture, openai } = scene);
});

afterEach(async () => {
  await fixture.gateway.stop();
});

describe('whose answers they are', () => {
  async function clientOf(name: string, personId: string): Promise<OpenAI> {
    const { key } = await fixture.gateway.keys.create(personId, name);
    return new OpenAI({ apiKey: key, baseURL: `${fixture.origin}/v1`, maxRetries: 0 });
  }

  test('nobody reads, goes on from or deletes an answer of somebody else', async () => {
    const mine = await clientOf('mine', ownerPersonId);
    const made = await mine.responses.create({ model: 'guide', input: 'secret' });
    // Without a key one is not the person whose machine it is.
    await expect(openai.responses.retrieve(made.id)).rejects.toMatchObject({ status: 404 });
    await expect(openai.responses.delete(made.id)).rejects.toMatchObject({ status: 404 });
    await expect(openai.responses.inputItems.list(made.id)).rejects.toMatchObject({ status: 404 });
    const next = { model: 'guide', input: 'x', previous_response_id: made.id };
    await expect(openai.responses.create(next)).rejects.toMatchObject({
      code: 'previous_response_not_found',
    });
    const id = made.output[0]?.id ?? '';
    const reference = { model: 'guide', input: [{ type: 'item_reference' as const, id }] };
    await expect(openai.responses.create(reference)).rejects.toMatchObject({ param: 'input[0]' });
    // The control: its own person may.
    expect((await mine.responses.retrieve(made.id)).id).toBe(made.id);
    expect((await mine.responses.create(next)).status).toBe('completed');
  });
});

describe('a provider that speaks the same', () => {
  const frame = (type: string) => `event: ${type}\ndata: {"type":"${type}","x":1.0}\n\n`;
  const raw = (text: string): InferenceChunk => ({ type: 'raw', dialect: 'openai', text });

  beforeEach(async () => {
    await fixture.gateway.stop();
    const speaking = { ...localUpstream(backend), speaks: ['openai'] as const };
    fixture = await startGateway(backend, {
      directory: directoryOf([offeredModel('guide')], [speaking]),
    });
    openai = new OpenAI({ apiKey: 'keyless', baseURL: `${fixture.origin}/v1`, maxRetries: 0 });
  });

  test('gets the bytes as they are, and its own come back untouched', async () => {
    scene.script = () => [
      scriptedHead,
      raw(frame('response.created')),
      raw(frame('response.completed')),
      finishChunk(1),
    ];
    const body = { model: 'guide', input: 'Hi', stream: true, tools: [{ type: 'web_search' }] };
    const answer = await fixture.post('/v1/responses', body);
    expect(answer.text).toBe(frame('response.created') + frame('response.completed'));
    const { raw: sent } = backend.calls[0]?.request ?? {};
    expect(sent).toMatchObject({ path: '/responses', method: 'POST' });
    expect(Buffer.from(sent?.body ?? []).toString()).toBe(JSON.stringify(body));
    expect(fixture.stores.responses.rows.size).toBe(0);
  });

  test('one whole body comes back untouched, and is not kept a second time', async () => {
    const text = '{"id":"resp_theirs","output":[], "x":1.0}';
    scene.script = () => [scriptedHead, raw(text), finishChunk(1)];
    const answer = await fixture.post('/v1/responses', { model: 'guide', input: 'Hi' });
    expect(answer.text).toBe(text);
    expect(fixture.stores.responses.rows.size).toBe(0);
  });

  test('is asked in our own words to go on from an answer that is kept here', async () => {
    const first = await openai.responses.create({ model: 'guide', input: 'One' });
    expect(backend.calls[0]?.request.raw).toBeDefined();
    const next = { model: 'guide', input: 'Two', previous_response_id: first.id };
    await openai.responses.create(next);
    const { raw: sent, input } = backend.calls[1]?.request ?? {};
    expect(sent).toBeUndefined();
    expect(input).toMatchObject({ messages: [{}, { role: 'assistant', text: 'Hello' }, {}] });
    // Nobody knows both the answer that is kept here and the tools of a provider.
    const tools = [{ type: 'web_search' as const }];
    await expect(openai.responses.create({ ...next, tools })).rejects.toMatchObject({
      status: 400,
      param: 'tools[0].type',
    });
    expect(backend.calls).toHaveLength(2);
  });

  test('gets an id that is not ours, and answers for it itself', async () => {
    scene.script = () => [scriptedHead, raw('{"id":"resp_theirs_2","output":[]}'), finishChunk(1)];
    const theirs = { model: 'guide', input: 'Two', previous_response_id: 'resp_theirs_1' };
    const answer = await fixture.post('/v1/responses', theirs);
    expect(answer.json()).toMatchObject({ id: 'resp_theirs_2' });
    expect(backend.calls[0]?.request.raw?.demands).toMatchObject([
      { param: 'previous_response_id' },
    ]);
  });
});
