import { expect, onTestFinished, test } from 'vitest';
import { spawnFakeOpenAiServer } from '../../testing/fake-openai-server.ts';
import type { FakeServerOptions, FakeServerProcess } from '../../testing/fake-openai-server.ts';
import type { Upstream, UpstreamDirectory } from '../../gateway/ports.ts';
import { ownerPersonId, startGateway } from '../../testing/gateway-fixture.ts';
import type { GatewayFixture } from '../../testing/gateway-fixture.ts';
import { openAttachedServers } from '../../testing/open-attached-servers.ts';
import type { OpenedAttachedServers } from '../../testing/open-attached-servers.ts';
import { createScriptedBackend, saying } from '../../testing/scripted-backend.ts';
import type { AttachedServers } from './attached-servers.ts';
import { promisedMs } from '../../testing/patience.ts';

const { signal } = new AbortController();
const withdrawnWithinMs = promisedMs(15_000);

async function start(options: Partial<FakeServerOptions> = {}): Promise<FakeServerProcess> {
  const server = await spawnFakeOpenAiServer({
    kind: 'ollama',
    models: [{ id: 'llama3:latest', capabilities: ['tools'] }],
    ...options,
  });
  onTestFinished(() => server.kill());
  return server;
}

/** What the composition does: attached models beside our own. */
function directoryOver(attached: AttachedServers): UpstreamDirectory {
  return {
    models: () =>
      attached.models().map(({ id, server, capabilities }) => ({
        ...{ id, createdAt: 0, ownedBy: server.name, isReady: true },
        ...(capabilities && { capabilities }),
      })),
    resolve: (name) => {
      const id = attached.resolve(name);
      return id === undefined ? undefined : { id };
    },
    candidates: ({ envelope }): readonly Upstream[] => {
      const upstream = attached.upstreamFor(envelope.model);
      return upstream ? [{ ...upstream, kind: 'attached' }] : [];
    },
  };
}

async function gatewayOver({ attached }: OpenedAttachedServers): Promise<GatewayFixture> {
  const unused = createScriptedBackend(() => saying('never'));
  const fixture = await startGateway(unused, { directory: directoryOver(attached) });
  onTestFinished(() => fixture.gateway.stop());
  return fixture;
}

function chat(model: string, content: unknown = '[say hello]') {
  return { model, messages: [{ role: 'user', content }] };
}

async function idsOf(gateway: GatewayFixture): Promise<unknown> {
  const list = (await gateway.send({ path: '/v1/models' })).json() as {
    readonly data: readonly { readonly id: string }[];
  };
  return list.data.map(({ id }) => id);
}

test('E4: a server on this machine is attached by its address, and its models are renamed and served', async () => {
  const opened = openAttachedServers();
  const gateway = await gatewayOver(opened);
  const server = await start();
  const { id } = await opened.attached.add({ url: server.url }, { signal });
  expect(await idsOf(gateway)).toEqual(['llama3:latest']);

  await opened.attached.update(id, { names: { 'llama3:latest': 'helper' } });
  expect(await idsOf(gateway)).toEqual(['helper']);
  const answer = await gateway.post('/v1/chat/completions', chat('helper'));
  expect(answer.status).toBe(200);
  expect(answer.json()).toMatchObject({
    model: 'helper',
    choices: [{ message: { content: 'hello' } }],
  });
});

test('E4: a server that dies is withdrawn within 15 s and served again within 15 s of its return', async () => {
  const opened = openAttachedServers();
  const { attached, clock, until } = opened;
  const gateway = await gatewayOver(opened);
  const server = await start();
  const port = Number(new URL(server.url).port);
  await attached.add({ url: server.url, name: 'Box' }, { signal });

  const diedAt = clock.now();
  await server.kill();
  const gone = until(({ state }) => state.phase === 'unreachable');
  // One interval; what the question itself takes passes in real time.
  await clock.advance(10_000);
  expect((await gone).state).toMatchObject({
    reason: `127.0.0.1:${port.toString()} cannot be reached: nothing answers at that address`,
  });
  expect(clock.now() - diedAt).toBeLessThan(withdrawnWithinMs);
  expect(await idsOf(gateway)).toEqual([]);
  const refused = await gateway.post('/v1/chat/completions', chat('llama3:latest'));
  expect(refused.status).toBe(404);

  await start({ port });
  const cameBackAt = clock.now();
  const back = until(({ state }) => state.phase === 'connected');
  await clock.advance(10_000);
  await back;
  expect(clock.now() - cameBackAt).toBeLessThan(withdrawnWithinMs);
  const answer = await gateway.post('/v1/chat/completions', chat('llama3:latest'));
  expect(answer.json()).toMatchObject({ choices: [{ message: { content: 'hello' } }] });
});

test('E4: a request that fails has the server checked at once', async () => {
  const opened = openAttachedServers();
  const { attached, clock, until } = opened;
  const gateway = await gatewayOver(opened);
  const server = await start();
  await attached.add({ url: server.url }, { signal });
  await clock.advance(1000);
  await server.kill();
  const failed = await gateway.post('/v1/chat/completions', chat('llama3:latest'));
  expect(failed.status).toBe(503);
  const gone = until(({ state }) => state.phase === 'unreachable');
  await clock.advance(0);
  await gone;
  expect(attached.models()).toEqual([]);
});

// Windows cannot stop a process without ending it.
test.skipIf(process.platform === 'win32')(
  'E4: a server that takes connections and never answers is withdrawn too',
  async () => {
    const opened = openAttachedServers();
    const { attached, clock, until } = opened;
    const server = await start();
    await attached.add({ url: server.url }, { signal });
    const hungAt = clock.now();
    process.kill(server.pid, 'SIGSTOP');
    onTestFinished(() => {
      process.kill(server.pid, 'SIGCONT');
    });
    const gone = until(({ state }) => state.phase === 'unreachable');
    await clock.advance(14_000);
    expect((await gone).state).toMatchObject({
      reason: expect.stringContaining('did not answer within 4 seconds') as string,
    });
    expect(clock.now() - hungAt).toBeLessThan(withdrawnWithinMs);
  },
);

test('E4: a model that the server runs elsewhere is not this machine: it needs a key', async () => {
  const opened = openAttachedServers();
  const gateway = await gatewayOver(opened);
  const server = await start({
    models: [{ id: 'near' }, { id: 'far', remoteHost: 'https://ollama.com:443' }],
  });
  await opened.attached.add({ url: server.url }, { signal });
  const near = await gateway.post('/v1/chat/completions', chat('near'));
  expect(near.status).toBe(200);
  const far = await gateway.post('/v1/chat/completions', chat('far'));
  expect([far.status, far.text]).toEqual([
    403,
    expect.stringContaining("'far' runs on another machine; that needs an API key"),
  ]);
  const { key } = await gateway.gateway.keys.create(ownerPersonId, 'mine');
  const bearer = { authorization: `Bearer ${key}` };
  const allowed = await gateway.post('/v1/chat/completions', chat('far'), bearer);
  expect(allowed.status).toBe(200);
  expect(allowed.headers['x-millpond-machine']).toBe('ollama.com');
});

test('E4: an image to a model that cannot see is a 400 that names the capability', async () => {
  const opened = openAttachedServers();
  const gateway = await gatewayOver(opened);
  const server = await start();
  await opened.attached.add({ url: server.url }, { signal });
  const picture = [
    { type: 'text', text: 'what is it?' },
    { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } },
  ];
  const refused = await gateway.post('/v1/chat/completions', chat('llama3:latest', picture));
  expect(refused.status).toBe(400);
  expect(refused.text).toContain('does not support images (vision)');
});
