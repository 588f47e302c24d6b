import { once } from 'node:events';
import { expect, onTestFinished, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { requestRecord } from '../../contract/activity.ts';
import type { RequestRecord } from '../../contract/activity.ts';
import { liveMessage, livePath } from '../../contract/live.ts';
import { startFakeOpenAiServer } from '../../testing/fake-openai-server.ts';
import { startTestRuntime } from '../../testing/start-test-runtime.ts';
import type { TestRuntime } from '../../testing/start-test-runtime.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { patience, promisedMs } from '../../testing/patience.ts';

/** Records of requests as a tab of the owner gets them, the newest of each, and when the first came. */
async function openFeed({ runtime }: TestRuntime) {
  const records = new Map<string, RequestRecord>();
  const firstAt = new Map<string, number>();
  const socket = new WebSocket(`${runtime.origin.replace('http', 'ws')}${livePath}`);
  onTestFinished(() => {
    socket.terminate();
  });
  socket.on('message', (data: Buffer) => {
    const message = liveMessage.parse(JSON.parse(data.toString('utf8')));
    if (message.type !== 'event' || message.topic !== 'activity.changed') return;
    const { request } = message.data as { readonly request: unknown };
    const record = requestRecord.parse(request);
    if (!firstAt.has(record.id)) firstAt.set(record.id, performance.now());
    records.set(record.id, record);
  });
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'hello', token: runtime.token }));
  await once(socket, 'message');
  return { records, firstAt };
}

async function metricsOf({ runtime }: TestRuntime): Promise<readonly string[]> {
  const headers = { authorization: `Bearer ${runtime.token}` };
  const response = await fetch(`${runtime.origin}/metrics`, { headers });
  return (await response.text()).split('\n').filter((line) => line.startsWith('millpond_'));
}

function sumOf(lines: readonly string[], name: string, holding = ''): number {
  return lines
    .filter((line) => line.startsWith(name) && line.includes(holding))
    .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

/** The same figures by whoever tells them. */
function summed(records: readonly RequestRecord[]) {
  const add = (figure: (record: RequestRecord) => number) =>
    records.reduce((sum, record) => sum + figure(record), 0);
  return {
    requests: records.length,
    failed: records.filter(({ state }) => state === 'failed').length,
    promptTokens: add(({ usage }) => usage?.promptTokens ?? 0),
    completionTokens: add(({ usage }) => usage?.completionTokens ?? 0),
    costMicros: add(({ costMicros }) => costMicros ?? 0),
  };
}

test('E27: 30 calls of which 3 fail: metrics, log, usage and live feed say the same', async () => {
  const server = await startFakeOpenAiServer({ kind: 'vllm', models: [{ id: 'cloud' }] });
  onTestFinished(() => server.close());
  const started = await startTestRuntime(temporaryFolder());
  const { control, runtime } = started;
  await control.providers.add({
    ...{ preset: 'custom', name: 'far', baseUrl: `${server.url}/v1`, keys: ['sk-far'] },
  });
  await control.prices.set({
    model: 'cloud',
    tiers: [{ maxInputTokens: 0, inputMicros: 3_000_000, outputMicros: 15_000_000 }],
  });
  const feed = await openFeed(started);
  const ask = async (key: string, body: object): Promise<Response> => {
    const response = await fetch(`${runtime.origin}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
      body: JSON.stringify({
        model: 'cloud',
        messages: [{ role: 'user', content: 'One two three' }],
        max_tokens: 4,
        ...body,
      }),
    });
    await response.text();
    return response;
  };
  const { key } = await control.server.createKey({ name: 'tool' });
  for (let index = 0; index < 30; index += 1) {
    const sentAt = performance.now();
    const isFailing = index % 10 === 5;
    const streamed = { stream: true, stream_options: { include_usage: true } };
    const whole = isFailing ? { model: 'nobody-has-this' } : {};
    const body = index % 2 === 0 ? streamed : whole;
    const response = await ask(key, body);
    expect(response.status).toBe(isFailing ? 404 : 200);
    const id = response.headers.get('x-request-id') ?? '';
    await vi.waitFor(() => {
      expect((feed.firstAt.get(id) ?? Infinity) - sentAt).toBeLessThan(promisedMs(1000));
    }, patience);
  }
  const range = { from: Date.now() - 3_600_000, to: Date.now() + 3_600_000 };
  const report = () => control.usage.report({ ...range, by: 'key', step: 'hour' });
  await vi.waitFor(async () => {
    expect(await report()).toMatchObject({ pending: 0, totals: { requests: 30 } });
  }, patience);

  const { requests, total } = await control.activity.list({ limit: 1000 });
  const logged = summed(requests);
  expect([total, logged.requests, logged.failed]).toEqual([30, 30, 3]);
  expect([logged.completionTokens, logged.costMicros > 0]).toEqual([27 * 4, true]);
  expect((await report()).totals).toMatchObject(logged);
  expect(summed([...feed.records.values()])).toEqual(logged);
  const lines = await metricsOf(started);
  const counted = sumOf(lines, 'millpond_requests_total');
  expect({
    requests: counted,
    failed: counted - sumOf(lines, 'millpond_requests_total', 'outcome="done"'),
    promptTokens: sumOf(lines, 'millpond_tokens_total', 'kind="prompt"'),
    completionTokens: sumOf(lines, 'millpond_tokens_total', 'kind="completion"'),
    costMicros: sumOf(lines, 'millpond_cost_micros_total'),
  }).toEqual(logged);

  for (let index = 0; index < 200; index += 1) {
    const { key: other } = await control.server.createKey({ name: `key ${index.toString()}` });
    expect((await ask(other, {})).status).toBe(200);
  }
  const later = await metricsOf(started);
  expect(sumOf(later, 'millpond_requests_total')).toBe(230);
  expect(later.length).toBe(lines.length);
}, 90_000);
