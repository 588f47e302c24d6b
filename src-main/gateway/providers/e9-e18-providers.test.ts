import { expect, test } from 'vitest';
import { HurriedClock } from '../../testing/hurried-clock.ts';
import { ownerPersonId } from '../../testing/gateway-fixture.ts';
import type { RawResponse } from '../../testing/gateway-fixture.ts';
import type { MockProvider } from '../../testing/mock-provider/start-mock-provider.ts';
import { chatRequest } from '../../testing/inference-requests.ts';
import { openProviderScene } from '../../testing/provider-scene.ts';
import type { ProviderScene } from '../../testing/provider-scene.ts';

const question = { model: 'pond', messages: [{ role: 'user', content: 'hi' }] };
const minuteMs = 60_000;

function mockOf(scene: ProviderScene, at: number): MockProvider {
  const mock = scene.mocks[at];
  if (mock === undefined) throw new Error('the scene has fewer providers');
  return mock;
}

/** Lets time pass on the clock of the gateway, in moments. */
async function pass(clock: HurriedClock, ms: number): Promise<void> {
  clock.hurry(Math.max(1, ms / 400));
  await clock.sleep(ms);
  clock.hurry(1);
}

test('E9: a provider without quota is not picked again before its time, whatever its models say', async () => {
  const clock = new HurriedClock();
  await using scene = await openProviderScene({ clock });
  // Whoever is asked first has nothing left.
  let spentKey: string | undefined;
  for (const mock of scene.mocks) {
    mock.behave = ({ key }) => {
      spentKey ??= key;
      return { kind: key === spentKey ? 'billing' : 'well' };
    };
  }
  const call = (method: string, body?: string): Promise<RawResponse> =>
    scene.fixture.send({
      ...{ method, path: '/v1/proxy/pond/custom/tail?x=1' },
      headers: { authorization: `Bearer ${scene.key}`, 'x-tool': 'mine', 'content-type': 'text/x' },
      ...(body !== undefined && { body }),
    });
  for (let turn = 0; turn < 6; turn += 1) {
    const posted = await call('POST', `bytes \u0000 ${turn.toString()}`);
    expect([posted.status, posted.text]).toEqual([200, `bytes \u0000 ${turn.toString()}`]);
    expect(posted.headers).toMatchObject({ 'content-type': 'text/x', 'x-mock': 'POST' });
    expect(JSON.stringify(posted)).not.toContain('secret');
    const got = await call('GET');
    expect([got.status, got.headers['x-mock']]).toEqual([200, 'GET']);
    // The list of models answers 200 all the time.
    await Promise.all(scene.providerIds().map((id) => scene.fixture.gateway.providers.check(id)));
  }
  const at = mockOf(scene, 0).calls.length === 1 ? 0 : 1;
  const [spent, other] = [mockOf(scene, at), mockOf(scene, 1 - at)];
  expect(spent.calls).toHaveLength(1);
  expect(spent.listings.length).toBeGreaterThan(6);
  expect(other.calls).toHaveLength(12);
  for (const { path, headers, key } of other.calls) {
    expect(path).toBe('/v1/custom/tail?x=1');
    expect(headers['x-tool']).toBe('mine');
    expect(key).not.toBe(spentKey);
  }
  const shown = () => scene.fixture.gateway.providers.list()[at];
  expect(shown()?.keys[0]?.state).toMatchObject({ phase: 'exhausted' });
  spent.behave = () => ({ kind: 'well' });
  await pass(clock, 31 * minuteMs);
  await scene.chat({ ...question, model: `pond@${shown()?.name ?? ''}` });
  expect(spent.calls).toHaveLength(2);
  expect(shown()?.keys[0]?.state).toEqual({ phase: 'ready' });
});

test('E18: five failures of ten open the circuit of a provider; one probe closes it again', async () => {
  const clock = new HurriedClock();
  await using scene = await openProviderScene({ clock });
  const one = mockOf(scene, 0);
  const { providers } = scene.fixture.gateway;
  const viewOfOne = () => providers.list().find(({ name }) => name === 'one');
  one.behave = (_call, number) => ({ kind: number % 2 === 0 ? 'server-error' : 'well' });
  const pinned = () => scene.chat({ ...question, model: 'pond@one' });
  for (let turn = 1; turn <= 10; turn += 1) {
    expect((await pinned()).status).toBe(turn % 2 === 0 ? 503 : 200);
  }
  expect(viewOfOne()?.state).toMatchObject({ phase: 'failing' });
  // No call reaches it for the pause, and who did not name it gets an answer elsewhere.
  const refused = await pinned();
  expect(refused.status).toBe(503);
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
  for (let turn = 0; turn < 5; turn += 1) expect((await scene.chat(question)).status).toBe(200);
  expect(one.calls).toHaveLength(10);

  const gate = Promise.withResolvers<undefined>();
  one.behave = async () => {
    await gate.promise;
    return { kind: 'well' };
  };
  await pass(clock, 2100);
  const probe = pinned();
  while (one.calls.length < 11) await new Promise((resolve) => setImmediate(resolve));
  for (let turn = 0; turn < 4; turn += 1) expect((await pinned()).status).toBe(503);
  expect(viewOfOne()?.state).toMatchObject({ phase: 'failing' });
  gate.resolve(undefined);
  expect((await probe).status).toBe(200);
  expect(one.calls).toHaveLength(11);
  expect((await pinned()).status).toBe(200);
  expect(viewOfOne()?.state).toMatchObject({ phase: 'ok' });
});

test('E18: an open circuit can be reset by hand', async () => {
  await using scene = await openProviderScene();
  const one = mockOf(scene, 0);
  const { providers } = scene.fixture.gateway;
  one.behave = () => ({ kind: 'server-error' });
  const pinned = () => scene.chat({ ...question, model: 'pond@one' });
  for (let turn = 0; turn < 3; turn += 1) await pinned();
  one.behave = () => ({ kind: 'well' });
  expect((await pinned()).status).toBe(503);
  const shown = providers.list()[0];
  if (shown?.state.phase !== 'failing') throw new Error('its circuit is not shown as open');
  expect(shown.state.reason).toContain("'pond' failed too often");
  expect(shown.state.retryAt).toBeGreaterThan(Date.now());
  expect(providers.reset(shown.id).state.phase).not.toBe('failing');
  expect((await pinned()).status).toBe(200);
});

test('refused and hurried keys are their own fault: another one answers, and no circuit opens', async () => {
  await using scene = await openProviderScene({ providers: 1, keysEach: 3 });
  const one = mockOf(scene, 0);
  one.behave = ({ key }) => {
    if (key.endsWith('0')) return { kind: 'auth' };
    return key.endsWith('1') ? { kind: 'rate-limited', retryAfterS: 60 } : { kind: 'well' };
  };
  for (let turn = 0; turn < 4; turn += 1) expect((await scene.chat(question)).status).toBe(200);
  expect(one.calls.map(({ key }) => key.at(-1))).toEqual(['0', '1', '2', '2', '2', '2']);
  const [shown] = scene.fixture.gateway.providers.list();
  expect(shown?.keys.map(({ state }) => state.phase)).toEqual(['refused', 'cooling', 'ready']);
  expect(shown?.state.phase).toBe('ok');
});

test('neither a key of a provider nor one of a caller reaches the wrong side', async () => {
  await using scene = await openProviderScene({ providers: 1 });
  const answer = await scene.chat(
    { ...question, stream: true },
    { 'x-api-key': 'caller-canary', cookie: 'caller-canary=1', 'openai-beta': 'x=1' },
  );
  const view = JSON.stringify(scene.fixture.gateway.providers.list());
  const logged = JSON.stringify(scene.fixture.stores.requestLog.records);
  const kept = JSON.stringify([
    await scene.fixture.stores.providers.list(),
    await scene.fixture.stores.providers.keys(),
  ]);
  for (const sink of [answer.text, JSON.stringify(answer.headers), view, logged, kept]) {
    expect(sink).not.toContain('sk-one-secret-0');
  }
  expect(view).toContain('sk-');
  const sent = mockOf(scene, 0).calls[0];
  expect(sent?.headers['openai-beta']).toBe('x=1');
  expect(sent?.headers.authorization).toBe('Bearer sk-one-secret-0');
  const arrived = JSON.stringify(sent?.headers);
  expect(arrived).not.toContain(scene.key);
  expect(arrived).not.toContain('canary');
  expect([...scene.secrets.values()]).toEqual(['sk-one-secret-0']);
});

test('models of providers exist for those alone who may reach them', async () => {
  await using scene = await openProviderScene({ providers: 1 });
  const { providers, keys } = scene.fixture.gateway;
  const { directory } = providers;
  const [id = ''] = scene.providerIds();
  const seen = (reach?: 'own' | 'shared') =>
    directory.models({ pools: [], ...(reach && { providers: reach }) }).map((model) => model.id);
  expect([seen(), seen('shared'), seen('own')]).toEqual([[], [], ['pond']]);
  await providers.update(id, { access: 'everybody' });
  expect([seen(), seen('shared'), seen('own')]).toEqual([[], ['pond'], ['pond']]);
  expect((await scene.fixture.post('/v1/chat/completions', question)).status).not.toBe(200);
  const candidates = (privacy: 'any' | 'this-machine') =>
    directory.candidates(
      chatRequest('hi', { envelope: { model: 'pond', providers: 'own', privacy } }),
    );
  expect([candidates('any').length, candidates('this-machine').length]).toEqual([1, 0]);
  const { key } = await keys.create(ownerPersonId, 'here', { privacy: 'this-machine' });
  const home = { authorization: `Bearer ${key}` };
  expect((await scene.chat(question, home)).status).not.toBe(200);
  expect(mockOf(scene, 0).calls).toHaveLength(0);
  await providers.update(id, { isEnabled: false });
  expect(seen('own')).toEqual([]);
});
