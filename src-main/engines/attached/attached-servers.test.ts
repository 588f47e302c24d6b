import { expect, onTestFinished, test } from 'vitest';
import { startFakeOpenAiServer } from '../../testing/fake-openai-server.ts';
import type { FakeOpenAiServer, FakeServerOptions } from '../../testing/fake-openai-server.ts';
import { serveHttp, startProxy } from '../../testing/http-servers.ts';
import { chatRequest, collect, textOf } from '../../testing/inference-requests.ts';
import { openAttachedServers } from '../../testing/open-attached-servers.ts';
import type { OpenedAttachedServers } from '../../testing/open-attached-servers.ts';

const { signal } = new AbortController();

async function fake(options: Partial<FakeServerOptions> = {}): Promise<FakeOpenAiServer> {
  const server = await startFakeOpenAiServer({
    kind: 'openai',
    models: [{ id: 'gpt' }],
    ...options,
  });
  onTestFinished(() => server.close());
  return server;
}

async function say({ attached }: OpenedAttachedServers, model: string): Promise<string> {
  const upstream = attached.upstreamFor(model);
  if (upstream === undefined) throw new Error(`nobody serves ${model}`);
  const request = chatRequest('[say hello]', { envelope: { model } });
  return textOf(await collect(upstream.backend.infer(request, { signal })));
}

test('an added server is named after its kind, listed, offered and asked', async () => {
  const opened = openAttachedServers();
  const server = await fake({ kind: 'ollama', models: [{ id: 'llama3:latest' }] });
  const view = await opened.attached.add({ url: `${server.url}/v1/` }, { signal });
  expect(view).toMatchObject({
    name: 'Ollama',
    url: server.url,
    kind: 'ollama',
    state: { phase: 'connected' },
    keys: [],
    models: [
      { upstreamName: 'llama3:latest', id: 'llama3:latest', isOffered: true, runsElsewhere: false },
    ],
  });
  expect(opened.attached.list()).toEqual([view]);
  expect(opened.attached.models()).toMatchObject([{ id: 'llama3:latest', serverName: 'Ollama' }]);
  expect(opened.attached.resolve('llama3')).toBe('llama3:latest');
  expect(opened.attached.resolve('llama3:latest@ollama')).toBe('llama3:latest');
  expect(await say(opened, 'llama3:latest')).toBe('hello');
});

test('an answer says which server gave it', async () => {
  const opened = openAttachedServers();
  const server = await fake();
  await opened.attached.add({ url: server.url, name: 'Mine', names: { gpt: 'smart' } }, { signal });
  const upstream = opened.attached.upstreamFor('smart');
  const chunks = await collect(
    upstream?.backend.infer(chatRequest('hi'), { signal }) ?? (async function* () {})(),
  );
  expect(chunks[0]).toMatchObject({
    type: 'head',
    servedBy: { upstream: 'Mine', machine: 'desk', model: 'smart' },
  });
});

test('a server is attached once, under one name, and never Millpond itself', async () => {
  const server = await fake();
  const other = await fake();
  const own = await fake();
  const { attached, rows } = openAttachedServers({ isOwnAddress: (url) => url === own.url });
  await attached.add({ url: server.url, name: 'Mine' }, { signal });
  await expect(attached.add({ url: `${server.url}/v1` }, { signal })).rejects.toMatchObject({
    code: 'conflict',
    message: `${server.url} is attached already, as 'Mine'`,
  });
  await expect(attached.add({ url: other.url, name: ' mine ' }, { signal })).rejects.toMatchObject({
    code: 'conflict',
    param: 'name',
  });
  await expect(attached.add({ url: own.url }, { signal })).rejects.toThrow(/is Millpond itself/);
  expect(rows.servers.size).toBe(1);
});

test('a server that does not answer is not kept, and neither is its key', async () => {
  const { attached, rows } = openAttachedServers();
  const adding = attached.add({ url: 'http://127.0.0.1:1', keys: ['sk-1'] }, { signal });
  await expect(adding).rejects.toMatchObject({ code: 'unavailable' });
  expect([attached.list(), rows.servers.size, rows.secrets.size]).toEqual([[], 0, 0]);
});

test('keys are kept as a secret, shown by their first characters, and gone with the server', async () => {
  const { attached, rows } = openAttachedServers();
  const server = await fake({ keys: ['sk-0123456789abcdef'] });
  const view = await attached.add({ url: server.url, keys: [' sk-0123456789abcdef '] }, { signal });
  expect(view.keys).toEqual([{ prefix: 'sk-012' }]);
  expect(JSON.stringify([...rows.servers.values()])).not.toContain('sk-0');
  expect([...rows.secrets.values()]).toEqual(['["sk-0123456789abcdef"]']);
  const removed: string[] = [];
  attached.on('removed', (id) => removed.push(id));
  await attached.remove(view.id);
  expect([removed, rows.servers.size, rows.secrets.size]).toEqual([[view.id], 0, 0]);
  await expect(attached.remove(view.id)).rejects.toMatchObject({ code: 'not-found' });
});

test('models are renamed, given their own name back, and hidden', async () => {
  const opened = openAttachedServers();
  const server = await fake({ models: [{ id: 'a' }, { id: 'b' }] });
  const { id } = await opened.attached.add({ url: server.url }, { signal });
  await opened.attached.update(id, { names: { a: ' smart ' }, hidden: ['b'] });
  expect(opened.attached.models().map((model) => model.id)).toEqual(['smart']);
  expect(opened.attached.upstreamFor('b')).toBeUndefined();
  expect(await say(opened, 'smart')).toBe('hello');
  expect(server.bodies.map(({ model }) => model)).toEqual(['a']);
  await opened.attached.update(id, { names: { a: '' }, hidden: [] });
  expect(opened.attached.models().map((model) => model.id)).toEqual(['a', 'b']);
});

test('a name that another model has is refused, and nothing changes', async () => {
  const { attached, rows } = openAttachedServers({ isTaken: (name) => name === 'guide' });
  const server = await fake({ models: [{ id: 'a' }, { id: 'b' }] });
  const { id } = await attached.add({ url: server.url }, { signal });
  for (const name of ['guide', 'b']) {
    await expect(attached.update(id, { names: { a: name } })).rejects.toMatchObject({
      code: 'conflict',
      param: 'names',
    });
  }
  expect(rows.servers.get(id)?.names).toEqual({});
  await attached.update(id, { names: { a: 'a' } });
});

test('the next start knows servers, names and keys again', async () => {
  const first = openAttachedServers();
  const server = await fake({ keys: ['sk-1'] });
  await first.attached.add(
    { url: server.url, keys: ['sk-1'], names: { gpt: 'smart' } },
    { signal },
  );
  first.attached.dispose();
  const second = openAttachedServers({ rows: first.rows });
  await second.attached.start();
  await second.until(({ state }) => state.phase === 'connected');
  expect(await say(second, 'smart')).toBe('hello');
});

test('a server whose keys cannot be read is shown with the reason and not asked', async () => {
  const first = openAttachedServers();
  const server = await fake();
  await first.attached.add({ url: server.url }, { signal });
  const second = openAttachedServers({
    rows: first.rows,
    secrets: {
      read: () => Promise.reject(new Error('damaged')),
      write: () => Promise.resolve(),
    },
  });
  await second.attached.start();
  expect(second.attached.list()).toMatchObject([{ state: { phase: 'unreachable' } }]);
  expect(second.register.hosts()).toEqual([]);
});

test('refused and limited keys rest, and the next is asked before anything is said', async () => {
  const opened = openAttachedServers();
  const server = await fake({ keys: ['sk-busy', 'sk-good'], busyKeys: { 'sk-busy': 3 } });
  const keys = ['sk-busy', 'sk-wrong', 'sk-good'];
  const { id } = await opened.attached.add({ url: server.url, keys }, { signal });
  expect(await say(opened, 'gpt')).toBe('hello');
  expect(await say(opened, 'gpt')).toBe('hello');
  expect(server.bearers).toEqual(['sk-busy', 'sk-good', 'sk-good']);
  const now = opened.clock.now();
  expect(opened.attached.list()[0]?.keys.map(({ coolsUntil }) => coolsUntil)).toEqual([
    now + 3000,
    now + 60_000,
    undefined,
  ]);
  expect(opened.announced.at(-1)?.id).toBe(id);
  await opened.clock.advance(3000);
  await say(opened, 'gpt');
  expect(server.bearers.at(-1)).toBe('sk-good');
  expect(server.bearers.at(-2)).toBe('sk-busy');
});

test('when every key rests, callers are told without asking the server again', async () => {
  const opened = openAttachedServers();
  const server = await fake({ keys: ['sk-busy'], busyKeys: { 'sk-busy': 30 } });
  await opened.attached.add({ url: server.url, keys: ['sk-busy'] }, { signal });
  const limited = { code: 'rate-limited', retryAfterMs: 30_000 };
  await expect(say(opened, 'gpt')).rejects.toMatchObject(limited);
  await expect(say(opened, 'gpt')).rejects.toMatchObject(limited);
  expect(server.bodies).toHaveLength(1);
});

test('new keys are asked at once', async () => {
  const opened = openAttachedServers();
  const server = await fake({ keys: ['sk-old', 'sk-new'], busyKeys: { 'sk-old': 30 } });
  const { id } = await opened.attached.add({ url: server.url, keys: ['sk-old'] }, { signal });
  const epoch = opened.attached.upstreamFor('gpt')?.epoch;
  await expect(say(opened, 'gpt')).rejects.toMatchObject({ code: 'rate-limited' });
  await opened.clock.advance(1);
  await opened.attached.update(id, { keys: ['sk-new'] });
  expect(opened.attached.upstreamFor('gpt')?.epoch).not.toBe(epoch);
  expect(await say(opened, 'gpt')).toBe('hello');
});

test('a model that is added at the server appears with the next check', async () => {
  const opened = openAttachedServers();
  const server = await fake({ models: [{ id: 'a' }] });
  await opened.attached.add({ url: server.url }, { signal });
  const port = Number(new URL(server.url).port);
  await server.close();
  await fake({ port, models: [{ id: 'a' }, { id: 'b' }] });
  const grown = opened.until(({ models }) => models.length === 2);
  await opened.clock.advance(10_000);
  expect((await grown).state.phase).toBe('connected');
});

test('a server too busy for questions stays while pieces of an answer come', async () => {
  const opened = openAttachedServers();
  const { attached, clock } = opened;
  let isBusy = false;
  const url = await serveHttp((request, response) => {
    if (request.method === 'POST') {
      response.setHeader('content-type', 'text/event-stream');
      const piece = { choices: [{ index: 0, delta: { content: 'x' } }] };
      response.write(`data: ${JSON.stringify(piece)}\n\n`);
    } else if (!isBusy) {
      response.statusCode = request.url === '/v1/models' ? 200 : 404;
      response.end(JSON.stringify({ data: [{ id: 'slow' }] }));
    }
  });
  await attached.add({ url }, { signal });
  await clock.advance(9500);
  isBusy = true;
  const answer = attached
    .upstreamFor('slow')
    ?.backend.infer(chatRequest('hi'), { signal })
    [Symbol.asyncIterator]();
  await answer?.next();
  // The check at 10 s gives up at 14 s, soon after the piece; the next one has nothing to go by.
  await clock.advance(4600);
  expect(attached.models()).toHaveLength(1);
  const gone = opened.until(({ state }) => state.phase === 'unreachable');
  await clock.advance(9000);
  await gone;
  await answer?.return?.();
});

test('what stays on this machine: its servers, but not what they hand on', async () => {
  const { attached } = openAttachedServers();
  const server = await fake({
    kind: 'ollama',
    models: [{ id: 'llama3' }, { id: 'big', remoteHost: 'https://ollama.com' }],
  });
  const view = await attached.add({ url: server.url }, { signal });
  expect(view.models.map(({ runsElsewhere }) => runsElsewhere)).toEqual([false, true]);
  expect(attached.models().map(({ staysHere }) => staysHere)).toEqual([true, false]);
  expect(attached.upstreamFor('big')?.staysHere).toBe(false);
});

test('Local only withdraws a server elsewhere, asks it no more, and brings it back', async () => {
  // A host that is only reached over the proxy lies elsewhere, with no other machine needed.
  const proxy = await startProxy((request, response) => {
    const isList = request.url?.endsWith('/v1/models') === true;
    response.statusCode = isList ? 200 : 404;
    response.end(JSON.stringify({ object: 'list', data: [{ id: 'far' }] }));
  });
  const opened = openAttachedServers({ env: { HTTP_PROXY: proxy.url } });
  const { attached, register, clock } = opened;
  await attached.add({ url: 'http://models.example' }, { signal });
  expect(attached.models()).toMatchObject([{ id: 'far', staysHere: false }]);
  register.setLocalOnly(true);
  await attached.recheck();
  expect(attached.models()).toEqual([]);
  expect(attached.list()[0]?.state).toMatchObject({
    phase: 'unreachable',
    reason: expect.stringContaining('Local only is on') as string,
  });
  const asked = proxy.asked.length;
  await clock.advance(60_000);
  expect([proxy.asked.length, clock.waiting]).toEqual([asked, 0]);
  register.setLocalOnly(false);
  await attached.recheck();
  expect(attached.models()).toMatchObject([{ id: 'far' }]);
});

test('finds servers on the usual ports that are not attached', async () => {
  const [ollama, studio, own] = [
    await fake({ kind: 'ollama', models: [{ id: 'a' }, { id: 'b' }] }),
    await fake({ kind: 'lm-studio' }),
    await fake(),
  ];
  const { attached } = openAttachedServers({
    usualAddresses: [ollama.url, studio.url, own.url, 'http://127.0.0.1:1'],
    isOwnAddress: (url) => url === own.url,
  });
  await attached.add({ url: studio.url }, { signal });
  expect(await attached.detect({ signal })).toEqual([
    { kind: 'ollama', url: ollama.url, name: 'Ollama', models: 2 },
  ]);
  expect(await attached.isRunning('ollama', { signal })).toBe(true);
  expect(await attached.isRunning('lm-studio', { signal })).toBe(true);
  expect(await attached.isRunning('vllm', { signal })).toBe(false);
  expect(await attached.kindOf(ollama.url, { signal })).toBe('ollama');
  expect(await attached.kindOf('http://127.0.0.1:1', { signal })).toBeUndefined();
});

test('without servers nothing is ever asked', async () => {
  const { attached, clock, register } = openAttachedServers();
  await attached.start();
  expect(clock.waiting).toBe(0);
  expect(register.hosts()).toEqual([]);
});
