import { afterEach, expect, test } from 'vitest';
import { MillpondError } from '../core/error.ts';
import { ownerToken, startGateway } from '../testing/gateway-fixture.ts';
import type { GatewayFixture } from '../testing/gateway-fixture.ts';
import {
  createScriptedBackend,
  finishChunk,
  scriptedHead,
  textChunks,
} from '../testing/scripted-backend.ts';

let fixture: GatewayFixture | undefined;

afterEach(async () => {
  await fixture?.gateway.stop();
});

/** The sum of all series of a name, of those that hold the text. */
function sumOf(text: string, name: string, holding = ''): number {
  return text
    .split('\n')
    .filter((line) => line.startsWith(name) && line.includes(holding))
    .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

test('E27: after 30 calls of which 3 failed the counters equal the log', async () => {
  let asked = 0;
  const backend = createScriptedBackend(() => {
    asked += 1;
    if (asked % 14 === 0) throw new MillpondError('invalid-request', 'Not like this');
    return [scriptedHead, ...textChunks('a', 'b'), finishChunk(2)];
  });
  const running = await startGateway(backend);
  fixture = running;
  const headers = { authorization: `Bearer ${ownerToken}` };
  const body = { messages: [{ role: 'user', content: 'hi' }] };
  for (let index = 0; index < 29; index += 1) {
    const model = index === 28 ? 'nobody-has-this' : 'guide';
    await running.post('/v1/chat/completions', { ...body, model }, headers);
  }
  await running.post('/v1/chat/completions', { ...body, model: 'guide', stream: true }, headers);
  const { requests, total } = await running.gateway.activity.list({ limit: 100 });
  expect(total).toBe(30);
  const failed = requests.filter(({ state }) => state === 'failed').length;
  expect(failed).toBe(3);
  const { text } = await running.send({ path: '/metrics', headers });
  expect(sumOf(text, 'millpond_requests_total')).toBe(30);
  expect(sumOf(text, 'millpond_requests_total', 'outcome="done"')).toBe(27);
  expect(sumOf(text, 'millpond_request_duration_seconds_count')).toBe(30);
  expect(sumOf(text, 'millpond_first_content_seconds_count')).toBe(27);
  for (const [kind, field] of [
    ['prompt', 'promptTokens'],
    ['completion', 'completionTokens'],
  ] as const) {
    const logged = requests.reduce((sum, { usage }) => sum + (usage?.[field] ?? 0), 0);
    expect(logged).toBeGreaterThan(0);
    expect(sumOf(text, 'millpond_tokens_total', `kind="${kind}"`)).toBe(logged);
  }
  expect(sumOf(text, 'millpond_requests_running')).toBe(0);
  expect(sumOf(text, 'millpond_gateway_overhead_seconds_count', 'part="after"')).toBe(27);
  expect(text).not.toContain('nobody-has-this');
});
