import { describe, expect, test } from 'vitest';
import type { Alert } from '../../contract/alerts.ts';
import type { RequestRecord } from '../../contract/activity.ts';
import { MillpondError } from '../../core/error.ts';
import type { HttpRequest } from '../../core/http.ts';
import { createFakeClock } from '../../testing/fake-clock.ts';
import { silentLogger } from '../../testing/gateway-fixture.ts';
import { secretsIn } from '../../testing/memory-secrets.ts';
import { createMemoryAlertStore } from '../../testing/memory-usage.ts';
import { openAlerts } from './alerts.ts';
import { watchForAlerts } from './watch.ts';
import type { WatchedCircuit, WatchedMachine } from './watch.ts';
import { createWebhookSecret } from './webhook-secret.ts';
import { createWebhook } from './webhook.ts';

const owner = { isOwner: true };
const hook = 'https://hooks.example.com/millpond';

async function setUp(store = createMemoryAlertStore(), kept = new Map<string, string>()) {
  const clock = createFakeClock();
  const told: Alert[] = [];
  const sent: { readonly client: 'public' | 'own'; readonly request: HttpRequest }[] = [];
  const answers: (number | 'gone')[] = [];
  const clientOf = (client: 'public' | 'own') => ({
    request: (request: HttpRequest) => {
      sent.push({ client, request });
      const answer = answers.shift() ?? 204;
      if (answer === 'gone') return Promise.reject(new MillpondError('unavailable', 'Nobody'));
      return Promise.resolve({ status: answer, headers: {}, body: emptyBody() });
    },
  });
  const secret = createWebhookSecret({ secrets: secretsIn(kept), clock });
  const alerts = await openAlerts({
    ...{ store, clock, logger: silentLogger, secret },
    publish: (alert) => told.push(alert),
    webhook: createWebhook({
      ...{ clock, logger: silentLogger, secret, gatewayName: () => 'Mill' },
      ...{ publicHttp: clientOf('public'), ownHttp: clientOf('own') },
    }),
  });
  const machines: WatchedMachine[] = [];
  const circuits: WatchedCircuit[] = [];
  const watch = watchForAlerts({
    ...{ alerts, clock },
    sources: { machines: () => machines, circuits: () => circuits },
  });
  const lasting = () =>
    alerts.list().flatMap(({ endedAt, message }) => (endedAt === undefined ? [message] : []));
  return { alerts, kept, clock, told, sent, answers, machines, circuits, watch, lasting, store };
}

async function* emptyBody(): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  yield new Uint8Array();
}

function bodyOf(request: HttpRequest | undefined): string {
  return typeof request?.body === 'string' ? request.body : '';
}

function record(change: Partial<RequestRecord>): RequestRecord {
  return {
    ...{ id: 'r', startedAt: 0, caller: 'a', client: 'b', task: 'chat', path: '/v1', model: 'm' },
    ...{ streamed: true, state: 'done', status: 200 },
    ...change,
  };
}

describe('an alert', () => {
  test('is told once when it begins and once when it is over', async () => {
    const { alerts, told, clock } = await setUp();
    alerts.raise('store', '', 'Full');
    alerts.raise('store', '', 'Full again');
    alerts.raise('breaker', 'p1', 'Down');
    await clock.advance(1000);
    alerts.end('store', '');
    alerts.end('store', '');
    expect(told.map(({ message, endedAt }) => [message, endedAt !== undefined])).toEqual([
      ['Full', false],
      ['Down', false],
      ['Full', true],
    ]);
    expect(alerts.list()).toHaveLength(2);
  });

  test('of a kind that nobody wants is not told, and one that lasts is over', async () => {
    const { alerts, told } = await setUp();
    alerts.raise('store', '', 'Full');
    await alerts.update({ kinds: ['breaker'] }, owner);
    alerts.raise('budget', 'k', 'Spent');
    expect(told.map(({ kind, endedAt }) => [kind, endedAt !== undefined])).toEqual([
      ['store', false],
      ['store', true],
    ]);
  });

  test('is kept over a restart, and over then', async () => {
    const { alerts, store } = await setUp();
    alerts.raise('store', '', 'Full');
    await alerts.update({ errorShare: 0.5 }, owner);
    await alerts.close();
    const next = await setUp(store);
    expect(next.alerts.list().map(({ message }) => message)).toEqual(['Full']);
    expect(next.lasting()).toEqual([]);
    expect(next.alerts.settings().errorShare).toBe(0.5);
    expect(next.told).toEqual([]);
  });
});

describe('the webhook', () => {
  test('gets JSON without secrets, and again after a failure, but not for ever', async () => {
    const { alerts, sent, answers, clock } = await setUp();
    await alerts.update({ webhookUrl: hook }, owner);
    answers.push('gone', 503);
    alerts.raise('store', '', 'Full');
    await clock.advance(120_000);
    expect(sent.map(({ client }) => client)).toEqual(['public', 'public', 'public']);
    expect(JSON.parse(bodyOf(sent[0]?.request))).toMatchObject({
      ...{ source: 'millpond', gateway: 'Mill' },
      alert: { kind: 'store', message: 'Full' },
    });
    answers.push(500, 500, 500, 500, 500, 500);
    alerts.end('store', '');
    await clock.advance(600_000);
    expect(sent).toHaveLength(7);
  });

  test('signs every try anew, under one id and over one body for each message', async () => {
    const { alerts, sent, answers, clock } = await setUp();
    await alerts.update({ webhookUrl: hook }, owner);
    answers.push('gone', 503);
    alerts.raise('store', '', 'Full');
    await clock.advance(20_000);
    alerts.end('store', '');
    await clock.advance(1000);
    const of = (name: string) => sent.map(({ request }) => request.headers?.[name]);
    const [first, second, third, ending] = of('webhook-id');
    expect([second, third]).toEqual([first, first]);
    expect(ending).not.toBe(first);
    expect(new Set(sent.slice(0, 3).map(({ request }) => bodyOf(request))).size).toBe(1);
    expect(new Set(of('webhook-timestamp').slice(0, 3)).size).toBe(3);
    expect(new Set(of('webhook-signature')).size).toBe(4);
  });

  test('sends nothing that it cannot sign, and the test says why', async () => {
    const kept = new Map([['alerts/webhook', 'not json']]);
    const { alerts, sent, clock } = await setUp(createMemoryAlertStore(), kept);
    await alerts.update({ webhookUrl: hook }, owner);
    alerts.raise('store', '', 'Full');
    await clock.advance(120_000);
    await expect(alerts.test()).rejects.toMatchObject({ code: 'unavailable' });
    expect(sent).toEqual([]);
  });

  test('is not asked again where it redirects or refuses', async () => {
    const { alerts, sent, answers, clock } = await setUp();
    await alerts.update({ webhookUrl: hook }, owner);
    answers.push(302);
    alerts.raise('store', '', 'Full');
    await clock.advance(600_000);
    expect(sent).toHaveLength(1);
  });

  test('says what a test came back with', async () => {
    const { alerts, answers } = await setUp();
    await expect(alerts.test()).rejects.toMatchObject({ code: 'conflict' });
    await alerts.update({ webhookUrl: hook }, owner);
    answers.push(418, 'gone');
    expect(await alerts.test()).toEqual({ status: 418 });
    await expect(alerts.test()).rejects.toMatchObject({ code: 'unavailable' });
    const { webhookUrl: _gone, ...rest } = await alerts.update({ webhookUrl: '' }, owner);
    expect(alerts.settings()).toEqual(rest);
  });

  test.each(['http://127.0.0.1:9/x', 'http://[::1]/x', 'http://localhost/x', 'http://10.0.0.7/x'])(
    'inside the own network is for the owner: %s',
    async (url) => {
      const { alerts, sent } = await setUp();
      const admin = { isOwner: false };
      await expect(alerts.update({ webhookUrl: url }, admin)).rejects.toMatchObject({
        code: 'forbidden',
      });
      await alerts.update({ webhookUrl: url }, owner);
      await alerts.test();
      expect(sent.map(({ client }) => client)).toEqual(['own']);
      // An admin may change the rest without touching it.
      await alerts.update({ errorShare: 0.9 }, admin);
    },
  );

  test.each([
    'ftp://example.com',
    'not a url',
    'https://me:secret@example.com',
    'file:///etc/passwd',
  ])('is never %s', async (url) => {
    const { alerts } = await setUp();
    await expect(alerts.update({ webhookUrl: url }, owner)).rejects.toMatchObject({
      code: 'invalid-request',
    });
  });

  test('by a name is dialled by the client that reaches public addresses only', async () => {
    const { alerts, sent } = await setUp();
    for (const url of [
      'http://intranet/x',
      'http://169.254.169.254.nip.io/',
      'http://2130706433/',
    ]) {
      await alerts.update({ webhookUrl: url }, owner);
      await alerts.test();
    }
    // The last one is 127.0.0.1 in another notation, and known as such.
    expect(sent.map(({ client }) => client)).toEqual(['public', 'public', 'own']);
  });
});

describe('what is watched', () => {
  test('a machine is missed after its time, and welcomed back', async () => {
    const { clock, machines, lasting, alerts } = await setUp();
    const mill = { id: 'm1', name: 'Mill', isOnline: true };
    const never = { id: 'm2', name: 'Attic', isOnline: false };
    machines.push(mill, never);
    await clock.advance(10_000);
    machines[0] = { ...mill, isOnline: false };
    await clock.advance(115_000);
    expect(lasting()).toEqual([]);
    await clock.advance(15_000);
    expect(lasting()).toEqual(['The machine Mill is offline']);
    machines[0] = mill;
    await clock.advance(5000);
    expect(lasting()).toEqual([]);
    machines[0] = { ...mill, isOnline: false };
    await clock.advance(200_000);
    machines.splice(0, 1);
    await clock.advance(5000);
    expect(lasting()).toEqual([]);
    expect(alerts.list()).toHaveLength(2);
  });

  test('a fifth of failures is told from twenty requests on, and over when it is better', async () => {
    const { clock, watch, lasting } = await setUp();
    const failed = record({ state: 'failed', status: 503 });
    for (let index = 0; index < 10; index += 1) watch.ended(failed);
    await clock.advance(5000);
    expect(lasting()).toEqual([]);
    // A caller's own mistakes are no outage.
    for (let index = 0; index < 50; index += 1)
      watch.ended(record({ state: 'failed', status: 400 }));
    for (let index = 0; index < 40; index += 1) watch.ended(record({}));
    await clock.advance(5000);
    expect(lasting()).toEqual(['20 % of the requests of the last five minutes failed']);
    await clock.advance(5 * 60_000);
    expect(lasting()).toEqual([]);
  });

  test('an open circuit, a store in trouble and a budget are told until they are over', async () => {
    const { clock, watch, circuits, lasting } = await setUp();
    circuits.push({ upstream: 'p1', name: 'Work', reason: 'it did not answer' });
    watch.store('The disk is full.');
    const resetsAt = clock.now() + 60_000;
    const subject = { kind: 'key', id: 'k1' };
    const notice = { subject, limit: 'spendMicrosPerDay', allowed: 1000, used: 805, resetsAt };
    watch.budget(notice, 'laptop');
    await clock.advance(5000);
    expect(lasting().toSorted()).toEqual([
      'Requests are kept in the spool for now: The disk is full.',
      'The key laptop has used 80 % of its budget for today',
      'Work gets no requests for now: it did not answer',
    ]);
    circuits.pop();
    watch.store(undefined);
    await clock.advance(60_000);
    expect(lasting()).toEqual([]);
    watch.stop();
    expect(clock.waiting).toBe(0);
  });
});
