import { describe, expect, test } from 'vitest';
import { createFakeClock } from '../../testing/fake-clock.ts';
import type { GatewayFixture } from '../../testing/gateway-fixture.ts';
import { addCloud, asOwner, openCloudGateway, sendJson, startCloud } from './cloud.fixture.ts';
import type { Cloud, CloudRequest } from './cloud.fixture.ts';
import { patience } from '../../testing/patience.ts';

const spent = {
  error: {
    message: 'You exceeded your current quota, please check your plan and billing details.',
    type: 'insufficient_quota',
    param: null,
    code: 'insufficient_quota',
  },
};

/** Two providers of one model; whichever is asked first has no quota left for two minutes. */
async function openPair(
  clock?: ReturnType<typeof createFakeClock>,
  more: Parameters<typeof openCloudGateway>[0] = {},
) {
  let empty: Cloud | undefined;
  const answer = (
    request: CloudRequest,
    response: Parameters<typeof sendJson>[0],
    cloud: Cloud,
  ) => {
    empty ??= cloud;
    if (cloud === empty) {
      sendJson(response, 429, spent, { 'retry-after': '120' });
      return;
    }
    response.writeHead(201, {
      'content-type': 'application/x-thing',
      'x-thing': 'kept',
      'set-cookie': 'session=theirs',
      'x-echo-key': request.headers.authorization ?? '',
    });
    response.end(`${request.method} ${request.url} ${request.body.toString('latin1')}`);
  };
  const [one, two] = [await startCloud(['gpt-x'], answer), await startCloud(['gpt-x'], answer)];
  const fixture = await openCloudGateway({ ...(clock && { clock }), ...more });
  await addCloud(fixture, one, { name: 'one' });
  await addCloud(fixture, two, { name: 'two' });
  const emptyOne = (): Cloud => (empty === one ? one : two);
  const otherOne = (): Cloud => (empty === one ? two : one);
  return { fixture, emptyOne, otherOne };
}

const call = ({ send }: GatewayFixture, method: string, path: string, body?: string) =>
  send({
    ...{ method, path },
    headers: { ...asOwner, 'content-type': 'application/x-thing', 'x-mine': 'kept' },
    ...(body !== undefined && { body }),
  });

describe('E9: the generic proxy with fail-over', () => {
  test.each([
    ['POST', '/v1/proxy/gpt-x/any/tail%20x?a=1', '\u0001\u00ff bytes'],
    ['GET', '/v1/proxy/gpt-x/any/tail%20x?a=1', undefined],
    ['DELETE', '/v1/gpt-x/any/tail%20x?a=1', undefined],
  ])(
    '%s %s: the second provider answers, and everything passes unchanged',
    async (method, path, body) => {
      const { fixture, emptyOne, otherOne } = await openPair();
      const answer = await call(fixture, method, path, body);
      const sent = Buffer.from(body ?? '').toString('latin1');
      expect([answer.status, answer.text]).toEqual([
        201,
        expect.stringContaining(`${method} /v1/any/tail%20x?a=1`),
      ]);
      expect(answer.headers).toMatchObject({
        'content-type': 'application/x-thing',
        'x-thing': 'kept',
        'x-millpond-attempts': '2',
      });
      expect(emptyOne().asked).toHaveLength(1);
      const [asked] = otherOne().asked;
      expect(asked?.headers).toMatchObject({ 'x-mine': 'kept' });
      expect(asked?.body.toString('latin1')).toBe(sent);
      // Neither side sees the other's credentials.
      expect(asked?.headers.authorization).toMatch(/^Bearer sk-(?:one|two)-secret$/);
      expect(JSON.stringify(asked?.headers)).not.toContain(asOwner.authorization.slice(7));
      expect(answer.headers['set-cookie']).toBeUndefined();
      expect(JSON.stringify(answer.headers)).not.toContain('-secret');
    },
  );

  test('a provider without quota is not asked again before its time, whatever its list of models says', async () => {
    const clock = createFakeClock(Date.now());
    const { fixture, emptyOne, otherOne } = await openPair(clock);
    await call(fixture, 'POST', '/v1/proxy/gpt-x/x', 'a');
    const empty = emptyOne();
    const before = empty.listed;
    await fixture.gateway.providers.recheck();
    expect(empty.listed).toBeGreaterThan(before);
    for (let turn = 0; turn < 3; turn += 1) {
      expect((await call(fixture, 'GET', '/v1/proxy/gpt-x/x')).status).toBe(201);
    }
    expect(empty.asked).toHaveLength(1);
    const [provider] = fixture.gateway.providers
      .list()
      .filter(({ baseUrl }) => baseUrl === empty.url);
    expect(provider?.keys).toMatchObject([{ state: { phase: 'exhausted' } }]);
    await clock.advance(121_000);
    // Whoever was asked less may go first now: within a few turns both have been asked.
    for (let turn = 0; turn < 6; turn += 1) await call(fixture, 'GET', '/v1/proxy/gpt-x/x');
    expect(empty.asked.length + otherOne().asked.length).toBeGreaterThanOrEqual(10);
    expect(empty.asked.length).toBeGreaterThan(1);
  });

  test('when every provider is out of quota the caller is told when to come back', async () => {
    const cloud = await startCloud(['gpt-x'], (_request, response) => {
      sendJson(response, 429, spent, { 'retry-after': '120' });
    });
    const fixture = await openCloudGateway();
    await addCloud(fixture, cloud, { name: 'only' });
    for (let turn = 0; turn < 2; turn += 1) {
      const answer = await call(fixture, 'POST', '/v1/proxy/gpt-x/x', 'a');
      expect(answer.status).toBe(503);
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(100);
      expect(answer.json()).toHaveProperty('error.request_id', answer.headers['x-request-id']);
      expect(answer.text).not.toContain('-secret');
    }
    expect(cloud.asked).toHaveLength(1);
  });

  test('an upload that is too large to be kept passes to one provider, once', async () => {
    const { fixture, emptyOne, otherOne } = await openPair(undefined, { maxBodyBytes: 50_000 });
    const body = Buffer.from(Array.from({ length: 1_000_000 }, (_, index) => (index * 31) % 256));
    const upload = (more: object = {}) =>
      fixture.send({
        ...{ method: 'POST', path: '/v1/proxy/gpt-x/uploads', body },
        headers: { ...asOwner, 'content-type': 'application/octet-stream', ...more },
      });
    const failed = await upload();
    expect(failed.status).toBe(409);
    expect(failed.json()).toMatchObject({ error: { code: 'body_not_kept' } });
    expect(emptyOne().asked).toHaveLength(1);
    expect(otherOne().asked).toHaveLength(0);
    const passed = await upload();
    expect(passed.status).toBe(201);
    const [asked] = otherOne().asked;
    expect(asked?.body.equals(body)).toBe(true);
    expect(asked?.headers['content-length']).toBe('1000000');
  });

  test('a body that a reader takes slowly does not pile up here', async () => {
    const piece = Buffer.alloc(64 * 1024, 1);
    let written = 0;
    const cloud = await startCloud(['gpt-x'], (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/octet-stream' });
      const more = (): void => {
        while (written < 2000) {
          written += 1;
          if (!response.write(piece)) {
            response.once('drain', more);
            return;
          }
        }
        response.end();
      };
      more();
    });
    const fixture = await openCloudGateway();
    await addCloud(fixture, cloud, { name: 'big' });
    const leave = new AbortController();
    const answer = await fetch(`${fixture.origin}/v1/proxy/gpt-x/x`, {
      headers: asOwner,
      signal: leave.signal,
    });
    const reader = answer.body?.getReader();
    await reader?.read();
    let last = -1;
    let stillFor = 0;
    const looks = patience;
    await expect
      .poll(() => {
        stillFor = written === last ? stillFor + 1 : 0;
        last = written;
        return stillFor;
      }, looks)
      .toBeGreaterThan(15);
    // 128 MB would come; what the sockets between the three hold is far less.
    expect(written * piece.length).toBeLessThan(32_000_000);
    leave.abort();
  });
});
