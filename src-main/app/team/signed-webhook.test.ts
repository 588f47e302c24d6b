import OpenAI from 'openai';
import { expect, test } from 'vitest';
import { serveHttp } from '../../testing/http-servers.ts';
import { startTestRuntime } from '../../testing/start-test-runtime.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';

interface Delivery {
  readonly headers: Record<string, string>;
  /** The bytes as they came. */
  readonly body: string;
}

/** A server that takes webhooks. */
async function startReceiver() {
  const deliveries: Delivery[] = [];
  const origin = await serveHttp((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const entries = Object.entries(request.headers).map(([name, value]) => [name, String(value)]);
      const headers = Object.fromEntries(entries) as Record<string, string>;
      deliveries.push({ headers, body: Buffer.concat(pieces).toString('utf8') });
      response.statusCode = 204;
      response.end();
    });
  });
  return { deliveries, origin };
}

// The official client of somebody else, which takes webhooks by the same specification.
const { webhooks } = new OpenAI({ apiKey: 'none' });
const isTaken = ({ headers, body }: Delivery, secret: string): Promise<boolean> =>
  webhooks.verifySignature(body, headers, secret).then(
    () => true,
    () => false,
  );

test('what a real server gets is signed, and by both secrets while one is exchanged', async () => {
  const { deliveries, origin } = await startReceiver();
  const home = temporaryFolder();
  const { control } = await startTestRuntime(home);
  await control.settings.update({ machineName: 'Mühle 磨坊' });
  await control.alerts.update({ webhookUrl: `${origin}/hook` });
  expect(await control.alerts.test({})).toEqual({ status: 204 });
  expect(await control.alerts.test({})).toEqual({ status: 204 });
  const [first, second] = deliveries;
  if (first === undefined || second === undefined) throw new Error('nothing came');
  const { secret } = await control.alerts.secret({});
  expect(await isTaken(first, secret)).toBe(true);
  expect(await isTaken(second, secret)).toBe(true);
  expect(first.headers['webhook-id']).not.toBe(second.headers['webhook-id']);
  expect(JSON.parse(second.body)).toMatchObject({ gateway: 'Mühle 磨坊', alert: { isTest: true } });
  const changed = { ...second, body: second.body.replace('isTest', 'isTrue') };
  expect(await isTaken(changed, secret)).toBe(false);

  const renewed = await control.alerts.newSecret({});
  await control.alerts.test({});
  const third = deliveries[2];
  if (third === undefined) throw new Error('nothing came');
  expect(await isTaken(third, secret)).toBe(true);
  expect(await isTaken(third, renewed.secret)).toBe(true);
  expect(await isTaken(second, renewed.secret)).toBe(false);
  const { entries } = await control.audit.list({});
  expect(entries.map(({ action }) => action)).toContain('alerts.newSecret');
});
