import { afterEach, expect, test } from 'vitest';
import type { Upstream } from '../ports.ts';
import {
  directoryOf,
  localUpstream,
  offeredModel,
  startGateway,
} from '../../testing/gateway-fixture.ts';
import type { GatewayFixture } from '../../testing/gateway-fixture.ts';
import { createScriptedBackend, saying } from '../../testing/scripted-backend.ts';

let fixture: GatewayFixture | undefined;

afterEach(async () => {
  await fixture?.gateway.stop();
});

const chat = '/v1/chat/completions';
const hello = { model: 'guide', messages: [{ role: 'user', content: 'Hi' }] };

async function open(extra: Partial<Upstream>) {
  const local = createScriptedBackend(() => saying('local'));
  const provider = createScriptedBackend(() => saying('provider'));
  const speaking: Upstream = { ...localUpstream(provider, 'provider'), ...extra };
  const directory = directoryOf([offeredModel('guide')], [localUpstream(local), speaking]);
  fixture = await startGateway(local, { directory });
  return { local, provider, post: fixture.post };
}

test('what the canonical form cannot say goes to the upstream that speaks as the caller does', async () => {
  const { local, provider, post } = await open({ speaks: ['openai'] });
  const answer = await post(chat, { ...hello, web_search_options: {} });
  expect(answer.status).toBe(200);
  expect([local.calls.length, provider.calls.length]).toEqual([0, 1]);
  expect(provider.calls[0]?.request.raw?.demands).toMatchObject([{ param: 'web_search_options' }]);
});

test('who speaks another API is not asked for it, and the caller is told the field', async () => {
  const { local, provider, post } = await open({ speaks: ['anthropic'] });
  const answer = await post(chat, { ...hello, service_tier: 'priority', store: true });
  expect(answer.status).toBe(400);
  expect(answer.json()).toMatchObject({
    error: { code: 'unsupported_parameter', param: 'service_tier' },
  });
  expect([local.calls.length, provider.calls.length]).toEqual([0, 0]);
});

test('the one that speaks it may be out of reach: then the field is named as well', async () => {
  const { post } = await open({ speaks: ['openai'], kind: 'provider' });
  const answer = await post(chat, { ...hello, store: true }, { 'x-millpond-privacy': 'trusted' });
  expect(answer.status).toBe(400);
  expect(answer.json()).toMatchObject({ error: { param: 'store' } });
});
