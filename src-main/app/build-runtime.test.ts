import {
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { writeScriptedModel } from '../testing/scripted-gguf.ts';
import { startTestRuntime } from '../testing/start-test-runtime.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { promisedMs } from '../testing/patience.ts';

const question = [{ role: 'user', content: 'What is a pond? zebra-lagoon-9134' }];
const ask = (model: string, fields: object = {}) => ({ model, messages: question, ...fields });

function scripted(home: string, name: string, fields: object = {}): string {
  const path = join(home, 'models', 'test', name, `${name}.gguf`);
  mkdirSync(dirname(path), { recursive: true });
  writeScriptedModel(path, { says: 'Hello there.', ...fields });
  return path;
}

test('E1: an empty folder is enough: Guide answers, on loopback only, and nobody set a password', async () => {
  const home = join(temporaryFolder(), 'new');
  const { runtime, complete } = await startTestRuntime(home);
  const answer = await complete(ask('guide', { max_tokens: 4 }));
  expect(answer).toMatchObject({ status: 200 });
  expect(runtime.origin).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  for (const path of ['/control/settings', '/control/server']) {
    expect((await fetch(`${runtime.origin}${path}`)).status).toBe(401);
  }
  const [, code] = runtime.createLoginUrl().split('#code=');
  const open = () =>
    fetch(`${runtime.origin}/control/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code }),
    });
  expect((await open()).status).toBe(200);
  expect((await open()).status).toBe(401);
});

test('E10: of everything the runtime serves, strangers reach exactly what the design lists', async () => {
  const { runtime, control } = await startTestRuntime(temporaryFolder());
  const reached = async (): Promise<readonly string[]> => {
    const open: string[] = [];
    for (const { method, url } of runtime.routes()) {
      const path = url.replace(/:\w+/g, '0190a000-0000-7000-8000-000000000002').replace('*', 'x');
      const { status } = await fetch(`${runtime.origin}${path}`, {
        method,
        ...(!['GET', 'HEAD'].includes(method) && {
          ...{ body: '{}', headers: { 'content-type': 'application/json' } },
        }),
      });
      if (status !== 401) open.push(`${method} ${url}`);
    }
    return open.toSorted();
  };
  const always = [
    ...['GET /*', 'GET /control/live', 'GET /health', 'HEAD /*', 'HEAD /control/live'],
    ...['HEAD /health', 'POST /control/session'],
    ...['GET /control/welcome', 'HEAD /control/welcome'],
    ...['POST /control/set-up', 'POST /control/sign-in', 'POST /control/redeem'],
  ];
  const any = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'];
  const stored = '/v1/responses/:id';
  const keyless = [
    ...['/v1/models', '/v1/models/*', '/api/version', '/api/tags', '/api/ps', stored]
      .concat(`${stored}/input_items`)
      .flatMap((url) => [`GET ${url}`, `HEAD ${url}`]),
    `DELETE ${stored}`,
    ...['chat', 'embed', 'embeddings', 'generate', 'show'].map((name) => `POST /api/${name}`),
    ...['audio/speech', 'audio/transcriptions', 'audio/translations', 'chat/completions']
      .concat('completions', 'embeddings', 'engines/*', 'images/edits', 'images/generations')
      .concat('images/variations', 'messages', 'messages/count_tokens', 'models/*')
      .concat('moderations', 'rerank', 'responses')
      .map((operation) => `POST /v1/${operation}`),
    // Passing on what no other route takes: the providers behind it refuse whoever has no key.
    ...any.map((method) => `${method} /v1/*`),
  ];
  expect(await reached()).toEqual([...always, ...keyless].toSorted());
  await control.server.update({ keyless: false });
  expect(await reached()).toEqual(always.toSorted());
  // The control: the walk saw the calls that were refused.
  expect(runtime.routes().length).toBeGreaterThan(always.length + keyless.length + 20);
});

test('a chat template that never ends costs its own requests, not the runtime or other models', async () => {
  const home = temporaryFolder();
  scripted(home, 'endless', {
    template: '{% for a in range(1000000) %}{% for b in range(1000000) %}{% endfor %}{% endfor %}',
  });
  const { control, complete, runtime } = await startTestRuntime(home);
  await expect.poll(async () => (await control.models.list({})).models).toHaveLength(2);
  const hostile = complete(ask('endless'));
  expect((await complete(ask('guide', { max_tokens: 2 }))).status).toBe(200);
  expect((await fetch(`${runtime.origin}/health`)).status).toBe(200);
  const { status, text } = await hostile;
  expect(status).toBeGreaterThanOrEqual(400);
  expect(text).toContain('"error"');
  expect((await complete(ask('guide', { max_tokens: 2 }))).status).toBe(200);
});

test('a model that does not reason takes reasoning_effort as it comes', async () => {
  const { complete } = await startTestRuntime(temporaryFolder());
  for (const reasoning_effort of ['high', 'none']) {
    const { status, text } = await complete(ask('guide', { reasoning_effort, max_tokens: 4 }));
    expect(status).toBe(200);
    expect(text).not.toContain('reasoning_content');
  }
});

test('prompts, answers, keys and bearers are in no log, and no file is open to others', async () => {
  const home = temporaryFolder();
  scripted(home, 'leaky', { says: 'A secret-heron answer.' });
  const { runtime, control, complete } = await startTestRuntime(home);
  await expect.poll(async () => (await control.models.list({})).models).toHaveLength(2);
  const { key } = await control.server.createKey({ name: 'laptop' });
  const { code } = await control.session.createCode({});
  const { token } = await control.session.open({ code });
  expect((await complete(ask('leaky'))).text).toContain('secret-heron');
  expect((await complete(ask('leaky', { max_tokens: 'wrong zebra-lagoon-9134' }))).status).toBe(
    400,
  );
  expect((await complete(ask('zebra-lagoon-9134'))).status).toBe(404);
  const files = readdirSync(home, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.parentPath !== join(home, 'models', 'test', 'leaky'))
    .map((entry) => join(entry.parentPath, entry.name));
  const open = files.filter((file) => (statSync(file).mode & 0o77) !== 0);
  if (process.platform !== 'win32') expect(open).toEqual([]);
  await runtime.stop();
  const log = readFileSync(join(home, 'logs', 'millpond.log'), 'utf8');
  // The control: what happened is there, only its content is not.
  expect(log).toContain('model ready');
  for (const secret of ['zebra-lagoon', 'secret-heron', key, code, token, runtime.token]) {
    expect(log).not.toContain(secret);
  }
});

test('a second start on the same folder is refused in one sentence, and the first goes on', async () => {
  const home = temporaryFolder();
  const { runtime, control } = await startTestRuntime(home);
  await expect(startTestRuntime(home)).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringMatching(
      `^Millpond already runs at ${runtime.origin}.*stop it or set MILLPOND_HOME`,
    ) as string,
  });
  expect(await control.settings.get({})).toMatchObject({ keyless: true });
});

test('a file in the place of the data folder is one sentence', async () => {
  const file = join(temporaryFolder(), 'file');
  writeFileSync(file, '');
  await expect(startTestRuntime(file)).rejects.toThrow(
    /^Millpond cannot use its data folder .*: .+; (?:move it or )?choose another folder$/,
  );
});

test('a port held by a stranger is named, and the folder is free again', async () => {
  const home = temporaryFolder();
  const stranger = createServer();
  await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve));
  const address = stranger.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  await expect(startTestRuntime(home, { port })).rejects.toThrow(
    `Port ${String(port)} is in use by another program; choose another one`,
  );
  await new Promise((resolve) => stranger.close(resolve));
  expect((await startTestRuntime(home, { port })).runtime.port).toBe(port);
});

test('damaged settings do not keep it from starting, and the doctor tells', async () => {
  const home = temporaryFolder();
  writeFileSync(join(home, 'settings.json'), '{"version": 1, "language":');
  const { control } = await startTestRuntime(home);
  const { findings } = await control.firstAid.examine({});
  expect(findings.filter(({ id }) => id === 'settings-broken')).toMatchObject([
    {
      outcome: 'warning',
      sentence: expect.stringContaining('The settings file could not be understood') as string,
    },
  ]);
});

test('a damaged database is one sentence, is left as it is, and the folder is free again', async () => {
  const home = temporaryFolder();
  const file = join(home, 'millpond.db');
  writeFileSync(file, 'not a database '.repeat(500));
  const before = readFileSync(file);
  const refusal = /^The database .*millpond\.db is damaged .*Move it away/;
  await expect(startTestRuntime(home)).rejects.toThrow(refusal);
  expect(readFileSync(file).equals(before)).toBe(true);
  await expect(startTestRuntime(home)).rejects.toThrow(refusal);
});

test('files that are no model are listed with one sentence, which a load repeats', async () => {
  const home = temporaryFolder();
  const cut = scripted(home, 'cut', { ballastParameters: 1_000_000 });
  truncateSync(cut, statSync(cut).size / 2);
  writeFileSync(join(dirname(scripted(home, 'foreign')), 'foreign.gguf'), 'PK zipped '.repeat(99));
  writeFileSync(
    scripted(home, 'corrupt'),
    Buffer.concat([Buffer.from('GGUF'), Buffer.alloc(4000, 0xff)]),
  );
  const { control, complete } = await startTestRuntime(home);
  const broken = async () =>
    (await control.models.list({})).models.filter(({ problem }) => problem !== undefined);
  await expect.poll(broken).toHaveLength(3);
  for (const { id, problem = '' } of await broken()) {
    expect(problem).toMatch(/^[^\n]{20,200}$/);
    const { status, text } = await complete(ask(id));
    expect({ id, status }).toEqual({ id, status: 503 });
    expect(text).toContain(JSON.stringify(problem).slice(1, -1));
  }
  expect((await complete(ask('guide', { max_tokens: 2 }))).status).toBe(200);
});

test('a context that does not fit is refused at once, in one sentence', async () => {
  const { control } = await startTestRuntime(temporaryFolder());
  const startedAt = performance.now();
  await control.models.load({ id: 'guide', options: { contextLength: 1_048_576, slots: 64 } });
  const state = async () => (await control.models.list({})).models[0]?.state;
  await expect.poll(async () => (await state())?.phase).toBe('failed');
  expect(performance.now() - startedAt).toBeLessThan(promisedMs(10_000));
  expect(await state()).toMatchObject({
    reason: expect.stringMatching(/^[^\n]{20,250}$/) as string,
  });
});

test('stopping while a model loads ends both', async () => {
  const { runtime, control } = await startTestRuntime(temporaryFolder());
  await control.models.load({ id: 'guide' });
  await expect
    .poll(async () => (await control.models.list({})).models[0]?.state.phase)
    .toBe('loading');
  await runtime.stop();
  await expect(fetch(`${runtime.origin}/health`)).rejects.toThrow();
});

test('stopping keeps what an answer has said, and the next start shows it', async () => {
  const home = temporaryFolder();
  scripted(home, 'slow', {
    says: Array.from({ length: 900 }, (_, index) => ` ${String(index)}`),
    ballastParameters: 30_000_000,
  });
  const first = await startTestRuntime(home);
  const { id } = await first.control.chats.create({});
  const message = { id, parentId: null, text: 'Count', attachmentIds: [], model: 'slow' };
  await first.control.chats.send(message);
  const textOf = async ({ control }: typeof first): Promise<string> => {
    const { messages } = await control.chats.get({ id });
    const answer = messages.find((each) => each.role === 'assistant');
    return answer?.parts.map((part) => ('text' in part ? part.text : '')).join('') ?? '';
  };
  await expect.poll(() => textOf(first)).toContain(' 5');
  const shown = await textOf(first);
  await first.runtime.stop();
  const second = await startTestRuntime(home);
  expect(await textOf(second)).toContain(shown);
  const { messages } = await second.control.chats.get({ id });
  expect(messages.at(-1)).toMatchObject({
    status: expect.stringMatching(/^(?:done|interrupted)$/) as string,
  });
});
