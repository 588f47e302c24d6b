import { expect, test } from 'vitest';
import { serveHttp, startProxy } from '../../testing/http-servers.ts';
import { chatRequest, collect } from '../../testing/inference-requests.ts';
import {
  fakeServer,
  openAttachedServers,
  sayThrough,
} from '../../testing/open-attached-servers.ts';

const { signal } = new AbortController();

test('an added server is named after its kind, listed, offered and asked', async () => {
  const opened = openAttachedServers();
  const server = await fakeServer({ kind: 'ollama', models: [{ id: 'llama3:latest' }] });
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
  expect(opened.attached.models()).toMatchObject([
    { id: 'llama3:latest', server: { name: 'Ollama' } },
  ]);
  expect(opened.attached.resolve('llama3')).toBe('llama3:latest');
  expect(opened.attached.resolve('llama3:latest@ollama')).toBe('llama3:latest');
  expect(await sayThrough(opened, 'llama3:latest')).toBe('hello');
});

test('an answer says which server gave it', async () => {
  const opened = openAttachedServers();
  const server = await fakeServer();
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
  const server = await fakeServer();
  const other = await fakeServer();
  const own = await fakeServer();
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

test('models are renamed, given their own name back, and hidden', async () => {
  const opened = openAttachedServers();
  const server = await fakeServer({ models: [{ id: 'a' }, { id: 'b' }] });
  const { id } = await opened.attached.add({ url: server.url }, { signal });
  await opened.attached.update(id, { names: { a: ' smart ' }, hidden: ['b'] });
  expect(opened.attached.models().map((model) => model.id)).toEqual(['smart']);
  expect(opened.attached.upstreamFor('b')).toBeUndefined();
  expect(await sayThrough(opened, 'smart')).toBe('hello');
  expect(server.bodies.map(({ model }) => model)).toEqual(['a']);
  await opened.attached.update(id, { names: { a: '' }, hidden: [] });
  expect(opened.attached.models().map((model) => model.id)).toEqual(['a', 'b']);
});

test('a name that another model has is refused, and nothing changes', async () => {
  const { attached, rows } = openAttachedServers({ isTaken: (name) => name === 'guide' });
  const server = await fakeServer({ models: [{ id: 'a' }, { id: 'b' }] });
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

test('what one server gives up, the other takes, and both are announced', async () => {
  const { attached, announced } = openAttachedServers();
  const [older, younger] = [await fakeServer(), await fakeServer()];
  const { id } = await attached.add({ url: older.url, name: 'Old' }, { signal });
  await attached.add({ url: younger.url, name: 'New' }, { signal });
  expect(attached.models().map((model) => model.id)).toEqual(['gpt', 'gpt@new']);
  await attached.update(id, { names: { gpt: 'smart' } });
  expect(announced.at(-1)).toMatchObject({ name: 'New', models: [{ id: 'gpt' }] });
  expect(attached.resolve('gpt@old')).toBe('smart');
  await attached.remove(id);
  expect(attached.models().map((model) => model.id)).toEqual(['gpt']);
});

test("a model that comes to this machine takes its name from a server's", async () => {
  const taken = new Set<string>();
  const { attached, clock } = openAttachedServers({ isTaken: (name) => taken.has(name) });
  const server = await fakeServer();
  await attached.add({ url: server.url, name: 'Box' }, { signal });
  expect(attached.resolve('gpt')).toBe('gpt');
  taken.add('gpt');
  await clock.advance(1000);
  expect(attached.resolve('gpt')).toBeUndefined();
  expect(attached.resolve('gpt@box')).toBe('gpt@box');
  expect(attached.models().map((model) => model.id)).toEqual(['gpt@box']);
});

test('the next start knows servers, names and keys again', async () => {
  const first = openAttachedServers();
  const server = await fakeServer({ keys: ['sk-1'] });
  await first.attached.add(
    { url: server.url, keys: ['sk-1'], names: { gpt: 'smart' } },
    { signal },
  );
  first.attached.dispose();
  const second = openAttachedServers({ rows: first.rows });
  await second.attached.start();
  await second.until(({ state }) => state.phase === 'connected');
  expect(await sayThrough(second, 'smart')).toBe('hello');
});

test('a model that is added at the server appears with the next check', async () => {
  const opened = openAttachedServers();
  const server = await fakeServer({ models: [{ id: 'a' }] });
  await opened.attached.add({ url: server.url }, { signal });
  const port = Number(new URL(server.url).port);
  await server.close();
  await fakeServer({ port, models: [{ id: 'a' }, { id: 'b' }] });
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
  const server = await fakeServer({
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
    await fakeServer({ kind: 'ollama', models: [{ id: 'a' }, { id: 'b' }] }),
    await fakeServer({ kind: 'lm-studio' }),
    await fakeServer(),
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
