import { existsSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { startTestRuntime } from '../../testing/start-test-runtime.ts';
import type { TestRuntime } from '../../testing/start-test-runtime.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { patience } from '../../testing/patience.ts';

interface Asked {
  readonly authorization: string | undefined;
  readonly model: unknown;
}

/** A provider that answers every chat with its name, and remembers who asked. */
async function startProvider(name: string) {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const { authorization } = request.headers;
      const body = request.method === 'POST' ? await json(request) : undefined;
      const model = (body as { readonly model?: unknown } | undefined)?.model;
      asked.push({ authorization, model });
      response.setHeader('content-type', 'application/json');
      if (body === undefined) {
        response.end(JSON.stringify({ object: 'list', data: [{ id: 'r1' }, { id: 'vendor/r1' }] }));
        return;
      }
      const message = { role: 'assistant', content: `I am ${name}` };
      const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
      const choices = [{ index: 0, message, finish_reason: 'stop' }];
      response.end(
        JSON.stringify({ id: 'x', object: 'chat.completion', created: 1, model, choices, usage }),
      );
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const chats = () => asked.filter(({ model }) => model !== undefined);
  return { asked, chats, base: `http://127.0.0.1:${port.toString()}/v1` };
}

async function threeProviders() {
  const [a, b, c] = await Promise.all(['a', 'b', 'c'].map(startProvider));
  if (a === undefined || b === undefined || c === undefined) throw new Error('no provider');
  const entry = (name: string, base: string, key: string, more = '') =>
    `      - name: "${name}"\n        api_base: "${base}"\n        api_key: "\${${key}}"\n        enabled: true\n${more}`;
  const yaml = `server:
  host: "0.0.0.0"
  port: 8080
  config_file: "config.yaml"

models:
  r1:
    model_name: "r1"
    providers:
${entry('alpha', a.base, 'ALPHA_KEY')}${entry('beta', b.base, 'BETA_KEY', '        model_name: "vendor/r1"\n')}${entry('gamma', c.base, 'GAMMA_KEY')}`;
  return { a, b, c, yaml, env: { ALPHA_KEY: 'alpha-secret', BETA_KEY: 'beta-secret' } };
}

async function ask({ runtime, control }: TestRuntime, model: string) {
  const { key } = await control.server.createKey({ name: 'test' });
  const response = await fetch(`${runtime.origin}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Who?' }] }),
  });
  return { status: response.status, text: await response.text() };
}

/** Two work, the third is named and never spoken to, and the rename holds. */
async function expectTwoOfThree(
  started: TestRuntime,
  { a, b, c }: Awaited<ReturnType<typeof threeProviders>>,
) {
  expect(await ask(started, 'r1@alpha')).toMatchObject({
    ...{ status: 200, text: expect.stringContaining('I am a') as string },
  });
  expect(await ask(started, 'r1@beta')).toMatchObject({
    ...{ status: 200, text: expect.stringContaining('I am b') as string },
  });
  expect((await ask(started, 'r1@gamma')).status).toBe(404);
  expect(a.chats()).toEqual([{ authorization: 'Bearer alpha-secret', model: 'r1' }]);
  expect(b.chats()).toEqual([{ authorization: 'Bearer beta-secret', model: 'vendor/r1' }]);
  expect(c.asked).toEqual([]);
  for (const { authorization } of [...a.asked, ...b.asked])
    expect(authorization).not.toContain('$');
}

const missing = 'The provider “gamma” is left out: the variable GAMMA_KEY is not set';

describe('E28: the YAML of AI-api-pool, unchanged', () => {
  test('as the config file: two providers work, the third is reported by name', async () => {
    const providers = await threeProviders();
    const home = temporaryFolder();
    writeFileSync(join(home, 'millpond.yaml'), providers.yaml);
    const started = await startTestRuntime(home, { env: providers.env });
    expect(await started.control.config.status({})).toMatchObject({
      path: join(home, 'millpond.yaml'),
      state: { phase: 'applied', problems: [{ line: 21, message: missing }] },
    });
    await expectTwoOfThree(started, providers);
    const { providers: listed } = await started.control.providers.list({});
    expect(listed.map(({ name, source }) => `${name} ${source}`)).toEqual([
      ...['alpha file', 'beta file'],
    ]);
    const [first] = listed;
    await expect(started.control.providers.remove({ id: first?.id ?? '' })).rejects.toMatchObject({
      code: 'conflict',
    });
    const { text } = await started.control.config.export({});
    expect(text).not.toMatch(/-secret/);
  });

  test('imported: two providers are kept, the third is reported by name', async () => {
    const providers = await threeProviders();
    const home = temporaryFolder();
    const started = await startTestRuntime(home, { env: providers.env });
    const imported = await started.control.config.import({ text: providers.yaml });
    expect(imported).toEqual({
      providers: [
        { name: 'alpha', models: 1 },
        { name: 'beta', models: 1 },
      ],
      problems: [{ line: 21, column: 19, message: missing }],
    });
    await expectTwoOfThree(started, providers);
    const { entries } = await started.control.audit.list({});
    expect(entries.map(({ action }) => action)).toContain('config.import');
    expect(JSON.stringify(entries)).not.toMatch(/-secret/);
  });
});

describe('millpond.yaml', () => {
  test('locks what it says, is followed while it runs, and a bad one changes nothing', async () => {
    const home = temporaryFolder();
    const file = join(home, 'team.yaml');
    const write = (text: string) => {
      writeFileSync(file, text);
    };
    write('settings:\n  keyless: no\n  port: 0\nmodelLimits:\n  guide: { requestsPerMinute: 7 }\n');
    const env = { MILLPOND_CONFIG: file };
    const { control, runtime } = await startTestRuntime(home, { env });
    const limitsOf = async () => (await control.server.modelLimits({})).models;
    expect((await control.settings.get({})).keyless).toBe(false);
    expect(JSON.stringify(await limitsOf())).toContain('"requestsPerMinute":7');
    await expect(control.settings.update({ keyless: true })).rejects.toMatchObject({
      ...{ code: 'conflict', param: 'keyless' },
      message: `“keyless” stands in ${file}; change it there`,
    });
    write('settings:\n  keyles: yes\n');
    await vi.waitFor(async () => {
      expect(await control.config.status({})).toMatchObject({
        state: { phase: 'rejected', problems: [{ line: 2, column: 3 }] },
        locked: ['keyless', 'port'],
      });
    }, patience);
    expect((await control.settings.get({})).keyless).toBe(false);
    write('settings:\n  keyless: yes\n');
    await runtime.reloadConfig();
    expect(await control.config.status({})).toMatchObject({
      ...{ state: { phase: 'applied' }, locked: ['keyless'] },
    });
    expect((await control.settings.get({})).keyless).toBe(true);
    expect(JSON.stringify(await limitsOf())).not.toContain('requestsPerMinute');
  });

  test('that is bad at a start leaves the last good one in force, with its line', async () => {
    const home = temporaryFolder();
    const file = join(home, 'millpond.yaml');
    writeFileSync(file, 'settings: { idleUnloadMinutes: 5 }\n');
    const first = await startTestRuntime(home);
    await first.runtime.stop();
    expect(existsSync(join(home, 'config.last-good.yaml'))).toBe(true);
    expect(existsSync(join(home, 'settings.json'))).toBe(false);
    writeFileSync(file, 'settings: { idleUnloadMinutes: soon }\n');
    const second = await startTestRuntime(home);
    expect((await second.control.settings.get({})).idleUnloadMinutes).toBe(5);
    expect(await second.control.config.status({})).toMatchObject({
      state: {
        phase: 'rejected',
        problems: [{ line: 1, message: '“idleUnloadMinutes” must be a number' }],
      },
    });
  });
});
