import { afterEach, beforeEach, expect, test } from 'vitest';
import { claudeCodeSession } from '../../testing/claude-code-session.ts';
import {
  directoryOf,
  localUpstream,
  offeredModel,
  startGateway,
} from '../../testing/gateway-fixture.ts';
import type { GatewayFixture } from '../../testing/gateway-fixture.ts';
import { createScriptedBackend, saying } from '../../testing/scripted-backend.ts';
import type { ScriptedBackend } from '../../testing/scripted-backend.ts';
import type { Upstream } from '../ports.ts';

let backend: ScriptedBackend;
let upstream: Upstream;
let fixture: GatewayFixture;
const hello = { model: 'guide', max_tokens: 100, messages: [{ role: 'user', content: 'Hi' }] };

beforeEach(async () => {
  backend = createScriptedBackend(() => saying('Hel', 'lo'));
  upstream = localUpstream(backend);
  const directory = directoryOf([offeredModel('guide')], []);
  fixture = await startGateway(backend, {
    directory: { ...directory, candidates: () => [upstream] },
  });
});

afterEach(async () => {
  await fixture.gateway.stop();
});

test('each event has its name, and a ping follows the first block', async () => {
  const { text } = await fixture.post('/v1/messages', { ...hello, stream: true });
  const frames = text.trimEnd().split('\n\n');
  expect(frames.map((frame) => frame.split('\n')[0])).toEqual([
    'event: message_start',
    'event: content_block_start',
    'event: ping',
    'event: content_block_delta',
    'event: content_block_delta',
    'event: content_block_stop',
    'event: message_delta',
    'event: message_stop',
  ]);
  expect(frames[3]).toBe(
    'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hel"}}',
  );
});

test('what the caller sent goes along untouched, with its version and no credentials', async () => {
  upstream = { ...upstream, speaks: ['anthropic'] };
  const body = '{ "model":"guide","max_tokens":5, "messages":[{"role":"user","content":"Hi"}]}';
  await fixture.send({
    method: 'POST',
    path: '/v1/messages?beta=true&key=secret',
    body,
    headers: {
      'content-type': 'application/json',
      'x-api-key': 'keyless',
      'anthropic-version': '2023-06-01',
      'anthropic-beta': 'one,two',
    },
  });
  const raw = backend.calls[0]?.request.raw;
  expect(raw).toMatchObject({
    dialect: 'anthropic',
    method: 'POST',
    path: '/messages?beta=true',
    headers: { 'anthropic-version': '2023-06-01', 'anthropic-beta': 'one,two' },
    demands: [],
  });
  expect(Object.keys(raw?.headers ?? {})).toHaveLength(2);
  expect(new TextDecoder().decode(raw?.body)).toBe(body);
});

test('a field that nobody here can honour is a 400 that names it', async () => {
  const answer = await fixture.post('/v1/messages', {
    ...hello,
    tools: [{ type: 'web_search_20250305', name: 'web_search' }],
  });
  expect(answer.status).toBe(400);
  expect(answer.json()).toMatchObject({
    type: 'error',
    error: { type: 'invalid_request_error' },
  });
  expect(answer.text).toContain("'tools[0].type'");
});

test("Claude Code's changing line reaches Anthropic's own API and nobody else", async () => {
  const [turn] = claudeCodeSession({ model: 'guide', turns: 1, instructions: 2, detail: 1 });
  const posted = await fixture.post('/v1/messages?beta=true', turn);
  expect(posted.headers['x-millpond-ignored']).toBe(
    'context_management, x-anthropic-billing-header',
  );
  upstream = { ...upstream, speaks: ['anthropic'] };
  await fixture.post('/v1/messages?beta=true', turn);
  const [local, anthropic] = backend.calls;
  expect(JSON.stringify(local?.request)).not.toContain('x-anthropic-billing-header');
  expect(local?.request.raw).toBeUndefined();
  const bytes = new TextDecoder().decode(anthropic?.request.raw?.body);
  expect(bytes).toContain('x-anthropic-billing-header: cc_version=');
});
