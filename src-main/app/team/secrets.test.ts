import { describe, expect, test, vi } from 'vitest';
import { filesBelow, findLeaks } from '../../testing/leaks/find-leaks.ts';
import type { Sinks } from '../../testing/leaks/find-leaks.ts';
import {
  marker,
  openSecretScene,
  plantedCredentials,
  plantedWords,
  probes,
} from './secrets.fixture.ts';
import type { Probe, SecretScene } from './secrets.fixture.ts';
import { patience } from '../../testing/patience.ts';

/** An answer as its caller gets it. */
interface Answer {
  readonly probe: Probe;
  readonly status: number;
  readonly headers: string;
  readonly text: string;
}

async function send(
  scene: SecretScene,
  probe: Probe,
  key: string,
  cookie: string,
): Promise<Answer> {
  const { method = 'POST', body, path } = probe;
  const response = await fetch(`${scene.runtime.origin}${path}`, {
    method,
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${key}`,
      ...{ cookie: `session=${cookie}`, 'x-secret-header': cookie, 'user-agent': `${marker}/1` },
      ...probe.headers,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text().catch(() => '');
  const headers = JSON.stringify([...response.headers]);
  return { probe, status: response.status, headers, text };
}

/** Everything that can be asked of the gateway by somebody who may see all of it. */
async function shownSinks({ control, runtime, ...scene }: SecretScene): Promise<Sinks> {
  const range = { from: 0, to: Date.now() + 86_400_000 };
  const { requests } = await control.activity.list({ limit: 1000 });
  const details = await Promise.all(
    requests.slice(0, 50).map(({ id }) => control.activity.get({ id })),
  );
  const metrics = await fetch(`${runtime.origin}/metrics`, {
    headers: { authorization: `Bearer ${runtime.token}` },
  });
  const shown = {
    'the log as it is shown': await control.system.log({ lines: 2000 }),
    'the settings': await control.settings.get({}),
    'the audit log': await control.audit.list({}),
    'the audit log as CSV': await control.audit.export({ format: 'csv' }),
    'the audit log as JSON': await control.audit.export({ format: 'json' }),
    'usage as CSV': await control.usage.export({ ...range, format: 'csv' }),
    'usage as JSON': await control.usage.export({ ...range, format: 'json' }),
    'a report of usage': await control.usage.report({ ...range, step: 'day', by: 'provider' }),
    'the list of requests': requests,
    'requests one by one': details,
    'the exported config': await control.config.export({}),
    'the state of the config': await control.config.status({}),
    'the list of providers': await control.providers.list({}),
    'the list of keys': await control.server.listKeys({}),
    'the list of people': await control.people.list({}),
    'the list of alerts': await control.alerts.list({}),
    'the doctor': await control.firstAid.examine({}),
    'the report': await control.firstAid.report({}),
    'what left this machine': await control.privacy.contacts({}),
  };
  return {
    ...Object.fromEntries(
      Object.entries(shown).map(([name, value]) => [name, JSON.stringify(value)]),
    ),
    metrics: await metrics.text(),
    'the live feed': scene.live.join('\n'),
    'spans for the collector': scene.collector.bodies.join('\n'),
  };
}

const credentials = plantedCredentials();
const words = plantedWords();

/** Where no name of ours has to stand, so that nothing shows that they are read. */
const nameless = [
  'the log as it is shown',
  'the state of the config',
  'the doctor',
  'the report',
  'what left this machine',
];

/** A secret that is in its place: it is part of an address that its owner typed. */
const isInPlace = (leak: string): boolean => /^hookToken in \w+: millpond\.db/.test(leak);

describe('secrets', () => {
  test('stand nowhere but where they belong, and every detector sees what it looks at', async () => {
    const scene = await openSecretScene(credentials, words);
    const { control } = scene;
    const { key } = await control.server.createKey({ name: `${marker}-key` });
    const { code } = await control.people.create({ name: marker, role: 'member' });
    const { password } = credentials;
    const { token } = await control.session.redeemCode({ code, password });
    const wrong = control.session.signIn({ name: marker, password: `${password}!` });
    await expect(wrong).rejects.toThrow();
    const answers: Answer[] = [];
    const table = probes(credentials, words);
    for (const probe of table) {
      // A key that was refused, or a circuit that opened, must not spare the next one.
      for (const id of scene.providerIds) await control.providers.reset({ id });
      answers.push(await send(scene, probe, key, credentials.cookie));
    }
    const failing = table.filter(({ name }) => name.includes('[fail 500]')).slice(0, 20);
    for (const probe of failing) answers.push(await send(scene, probe, key, credentials.cookie));
    expect(scene.provider.asked.length).toBeGreaterThan(150);
    expect(new Set(answers.map(({ status }) => status)).size).toBeGreaterThan(4);
    await control.alerts.test({});
    await vi.waitFor(async () => {
      const { alerts } = await control.alerts.list({});
      expect(alerts.map(({ kind }) => kind).join(' ')).toMatch(/breaker/);
      expect(scene.collector.bodies.length).toBeGreaterThan(0);
      expect(scene.hook.bodies.length).toBeGreaterThan(1);
    }, patience);

    const { secret: signing } = await control.alerts.secret({});
    const renewed = await control.alerts.newSecret({});
    await control.alerts.test({});
    const secrets = {
      ...{ ...credentials, key, code, sessionToken: token },
      ...{ signing, newSigning: renewed.secret },
    };
    const all = { ...secrets, ...words };
    const shown = await shownSinks(scene);
    // Its own token is part of the address that a webhook is called by.
    const webhook = scene.hook.bodies.map((body) => body.slice(body.indexOf(' '))).join('\n');
    expect(findLeaks(all, { ...shown, webhook })).toEqual([]);
    expect(findLeaks(all, refusals(answers.filter(({ probe }) => !probe.isPassedOn)))).toEqual([]);
    expect(findLeaks(secrets, refusals(answers))).toEqual([]);
    expect(findLeaks(secrets, successes(answers))).toEqual([]);
    const onDisk = (): readonly string[] =>
      findLeaks(all, filesBelow(scene.home, 'disk')).filter((leak) => !isInPlace(leak));
    expect(onDisk()).toEqual([]);

    const seen = findLeaks({ marker }, { ...shown, webhook, ...refusals(answers) });
    for (const sink of Object.keys({ ...shown, webhook })) {
      if (!nameless.includes(sink)) expect(seen).toContain(`marker in ${sink}`);
    }
    expect(seen).toContain('marker in error of an unknown model');
    expect(seen.filter((each) => each.includes('headers of /v1/messages'))).not.toEqual([]);

    // A build that leaks: each of these is seen where it lands.
    scene.log.logger.debug({ headers: { 'x-secret-header': words.user } }, 'a request came');
    const kept = { model: `gpt-x@${marker}`, input: words.prompt, store: true };
    // The errors of before have opened its circuits.
    for (const { id } of (await control.providers.list({})).providers) {
      await control.providers.reset({ id });
    }
    const stored = { name: 'a stored answer', path: '/v1/responses', body: kept };
    expect((await send(scene, stored, key, '')).status).toBe(200);
    await control.server.createKey({ name: credentials.password });
    const leaks = findLeaks(all, await shownSinks(scene));
    expect(leaks).toContain('user in the log as it is shown');
    expect(leaks).toContain('password in the audit log as CSV');
    expect(leaks).toContain('password in the list of keys');
    await vi.waitFor(() => {
      const found = onDisk().map((leak) => leak.replace(/-wal$/, ''));
      expect(found).toContain('user in disk: logs/millpond.log');
      expect(found).toContain('prompt in disk: millpond.db');
    }, patience);
  }, 120_000);

  test('are found in every spelling, whole or cut', () => {
    const secret = credentials.providerKey;
    const spelled = {
      plain: `Bearer ${secret}`,
      cut: `…${secret.slice(-15)}`,
      'without its last': secret.slice(0, -1),
      base64: Buffer.from(`user:${secret}:`).toString('base64'),
      hex: Buffer.from(`a${secret}b`),
      nothing: `${secret.slice(0, 11)}…${secret.slice(-4)}`,
    };
    const sinks = { ...spelled, hex: spelled.hex.toString('hex') };
    expect(findLeaks({ it: secret }, sinks)).toEqual(
      ['plain', 'cut', 'without its last', 'base64', 'hex'].map((sink) => `it in ${sink}`),
    );
  });
});

/** What callers were refused with, and the headers of all answers. */
function refusals(answers: readonly Answer[]): Sinks {
  const failed = answers.filter(({ status }) => status >= 400);
  return {
    ...Object.fromEntries(
      answers.map(({ probe, headers }) => [`headers of ${probe.name}`, headers]),
    ),
    ...Object.fromEntries(failed.map(({ probe, text }) => [`error of ${probe.name}`, text])),
  };
}

function successes(answers: readonly Answer[]): Sinks {
  const done = answers.filter(({ status }) => status < 400);
  return Object.fromEntries(done.map(({ probe, text }) => [`answer to ${probe.name}`, text]));
}
