import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import type { RequestRecord } from '../../contract/activity.ts';
import { createConnectionRegister } from '../../platform/http/connection-register.ts';
import { createHttpClient } from '../../platform/http/http-client.ts';
import { systemClock } from '../../platform/system-clock.ts';
import { createFakeClock } from '../../testing/fake-clock.ts';
import { silentLogger } from '../../testing/gateway-fixture.ts';
import { serveHttp } from '../../testing/http-servers.ts';
import { spansOf } from './spans.ts';
import { telemetryTarget } from './target.ts';
import { createTelemetry } from './telemetry.ts';
import { patience } from '../../testing/patience.ts';

const secret = 'canary-7f3a';

const record: RequestRecord = {
  ...{ id: '0190a000-0000-7000-8000-000000000001', startedAt: 1_700_000_000_000 },
  ...{ caller: secret, client: secret, task: 'chat', path: '/v1/chat/completions' },
  ...{ model: 'opus', alias: 'clever', streamed: true, state: 'failed', status: 503 },
  ...{ provider: 'Work', upstream: 'p1', machine: 'Work', durationMs: 900.5, costMicros: 7 },
  usage: { promptTokens: 10, cachedTokens: 4, completionTokens: 5, reasoningTokens: 2 },
  error: { code: 'unavailable', message: `It said ${secret}` },
  route: {
    ...{ strategy: 'expected-time', candidates: [], queuedMs: 3, isSticky: false },
    attempts: [
      {
        ...{ upstream: 'm1', machine: 'Mill', startedMs: 5, tokens: 0 },
        failure: { code: 'engine-crashed', message: secret },
      },
      { upstream: 'p1', machine: 'Work', startedMs: 300.25, tokens: 5 },
    ],
  },
};

const attributes = (span: ReturnType<typeof spansOf>[number] | undefined) =>
  Object.fromEntries(
    span?.attributes.map(({ key, value }) => [key, Object.values(value)[0] ?? '']) ?? [],
  );

describe('the spans of a request', () => {
  test('are one for it and one below it for each attempt', () => {
    const [root, first, second] = spansOf(record);
    expect(root).toMatchObject({
      ...{ traceId: '0190a000000070008000000000000001', name: 'chat opus', kind: 2 },
      ...{ startTimeUnixNano: '1700000000000000000', endTimeUnixNano: '1700000000900500000' },
      status: { code: 2 },
    });
    expect(attributes(root)).toMatchObject({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'Work',
      'gen_ai.request.model': 'clever',
      'gen_ai.response.model': 'opus',
      'gen_ai.usage.input_tokens': '10',
      'gen_ai.usage.output_tokens': '5',
      'gen_ai.usage.cache_read.input_tokens': '4',
      'error.type': 'unavailable',
    });
    expect(first?.parentSpanId).toBe(root?.spanId);
    expect(first).toMatchObject({
      ...{ startTimeUnixNano: '1700000000005000000', endTimeUnixNano: '1700000000300250000' },
      status: { code: 2 },
    });
    expect(attributes(first)['error.type']).toBe('engine-crashed');
    expect(second).toMatchObject({ endTimeUnixNano: '1700000000900500000', status: { code: 0 } });
    expect(new Set([root, first, second].map((span) => span?.spanId)).size).toBe(3);
  });

  test('hold nothing that was said, by callers or by errors', () => {
    expect(JSON.stringify(spansOf(record))).not.toContain(secret);
  });
});

const batch = z.object({
  resourceSpans: z.array(
    z.object({
      scopeSpans: z.array(z.object({ spans: z.array(z.object({ traceId: z.string() })) })),
    }),
  ),
});

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  request.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
  });
  await once(request, 'end');
  return text;
}

test('a collector gets them as OTLP over HTTP, listed as telemetry', async () => {
  const got: { readonly url: string | undefined; readonly key: unknown; readonly text: string }[] =
    [];
  const origin = await serveHttp((request, response) => {
    void textOf(request).then((text) => {
      got.push({ url: request.url, key: request.headers['x-key'], text });
      response.end('{}');
    });
  });
  const register = createConnectionRegister(systemClock);
  const http = createHttpClient({ register, purpose: 'telemetry' });
  const env = { OTEL_EXPORTER_OTLP_HEADERS: 'X-Key=a%3Db, broken' };
  const clock = createFakeClock();
  const telemetry = createTelemetry({
    ...{ http, clock, logger: silentLogger, version: '1' },
    target: () => telemetryTarget(`${origin}/`, env),
  });
  telemetry.ended(record);
  telemetry.ended(record);
  await clock.advance(2000);
  await vi.waitFor(() => {
    expect(got).toHaveLength(1);
  }, patience);
  expect(got[0]).toMatchObject({ url: '/v1/traces', key: 'a=b' });
  const [resource] = batch.parse(JSON.parse(got[0]?.text ?? '')).resourceSpans;
  expect(resource?.scopeSpans[0]?.spans).toHaveLength(6);
  expect(register.hosts().map(({ purposes }) => purposes)).toEqual([['telemetry']]);
  await telemetry.close();
  await http.close();
});

describe('a collector that fails', () => {
  function setUp(status: () => number) {
    const clock = createFakeClock();
    let posts = 0;
    const telemetry = createTelemetry({
      ...{ clock, logger: silentLogger, version: '1' },
      target: () => ({ url: 'http://127.0.0.1:9/v1/traces', headers: {} }),
      http: {
        request: () => {
          posts += 1;
          const answer = status();
          if (answer === 0) return Promise.reject(new Error('gone'));
          return Promise.resolve({ status: answer, headers: {}, body: nothing() });
        },
      },
    });
    return { telemetry, clock, posts: () => posts };
  }

  async function* nothing(): AsyncGenerator<Uint8Array> {
    await Promise.resolve();
    yield new Uint8Array();
  }

  test('is tried again, and holds no more than it may', async () => {
    let status = 0;
    const { telemetry, clock, posts } = setUp(() => status);
    for (let index = 0; index < 1000; index += 1) telemetry.ended(record);
    expect(telemetry.dropped()).toBe(3000 - 2046);
    await clock.advance(2000);
    expect(posts()).toBe(1);
    status = 200;
    await clock.advance(20_000);
    expect(posts()).toBe(1 + 4);
    expect(telemetry.dropped()).toBe(954);
  });

  test('with a refusal loses the batch and no more', async () => {
    const { telemetry, clock, posts } = setUp(() => 400);
    telemetry.ended(record);
    await clock.advance(60_000);
    expect(posts()).toBe(1);
    expect(telemetry.dropped()).toBe(3);
  });

  test('never reaches the request, not even by its address', () => {
    const telemetry = createTelemetry({
      ...{ clock: createFakeClock(), logger: silentLogger, version: '1' },
      target: () => telemetryTarget('no address', {}),
      http: { request: () => Promise.reject(new Error('never')) },
    });
    telemetry.ended(record);
    expect(telemetry.dropped()).toBe(0);
  });
});

test('the address comes from the settings, else from the environment, else there is none', () => {
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318' };
  expect(telemetryTarget('', {})).toBeUndefined();
  expect(telemetryTarget('', env)?.url).toBe('http://c:4318/v1/traces');
  expect(telemetryTarget('https://mine/otel/', env)?.url).toBe('https://mine/otel/v1/traces');
  const traces = { ...env, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://t/spans' };
  expect(telemetryTarget('', traces)?.url).toBe('http://t/spans');
  expect(() => telemetryTarget('ftp://c', {})).toThrow('http');
});
