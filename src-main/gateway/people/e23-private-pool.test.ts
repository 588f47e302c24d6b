import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { livePath } from '../../contract/live.ts';
import { directoryOf, ownerPersonId, startGateway } from '../../testing/gateway-fixture.ts';
import type { GatewayFixture } from '../../testing/gateway-fixture.ts';
import { enrolment } from '../../testing/open-test-people.ts';
import { createScriptedBackend, saying } from '../../testing/scripted-backend.ts';
import {
  advertisedModel,
  createScriptedNodeLink,
  nodeAdvert,
} from '../../testing/scripted-node-link.ts';
import type { ScriptedNodeLink } from '../../testing/scripted-node-link.ts';
import type { InviteWish } from './invites.ts';

const password = 'correct horse battery';
let fixture: GatewayFixture;

afterEach(async () => {
  await fixture.gateway.stop();
});

/** Two pools on one gateway, each with a machine and a model of its own. */
async function openTwoPools() {
  fixture = await startGateway(
    createScriptedBackend(() => []),
    { directory: directoryOf([], []) },
  );
  const { gateway } = fixture;
  const { people } = gateway;
  const lab = await people.pools.start({ name: 'lab-one', password });
  const attic = await people.pools.start({ name: 'attic' });
  const join = async (poolId: string, name: string, wish: Partial<InviteWish> = {}) => {
    const { secret } = await people.invites.create(poolId, {
      ...{ rights: 'serve-and-ask', role: 'member', trust: 'trusted', models: [] },
      ...{ by: ownerPersonId, ...wish },
    });
    const { membershipId } = await people.gate.enrol(enrolment(secret, name));
    return { membershipId, personId: people.devices.find(membershipId)?.personId ?? '' };
  };
  const ask = async (key: string, model: string): Promise<number> => {
    const body = { model, messages: [{ role: 'user', content: 'Hi' }] };
    const headers = { authorization: `Bearer ${key}` };
    return (await fixture.post('/v1/chat/completions', body, headers)).status;
  };
  const list = async (key: string): Promise<readonly string[] | number> => {
    const headers = { authorization: `Bearer ${key}` };
    const answer = await fixture.send({ path: '/v1/models', headers });
    if (answer.status !== 200) return answer.status;
    return (answer.json() as { readonly data: { id: string }[] }).data
      .map(({ id }) => id)
      .toSorted();
  };
  const links = new Map<string, ScriptedNodeLink>();
  for (const { id, name } of [lab, attic]) {
    const { membershipId } = await join(id, `Keeper of ${name}`);
    const models = [advertisedModel({ id: `${name}-model`, digest: `weights of ${name}` })];
    const backend = createScriptedBackend(() => saying('Hi'));
    const link = createScriptedNodeLink({ membershipId, advert: nodeAdvert(models), backend });
    gateway.nodes.connected(link);
    links.set(id, link);
  }
  return { ...gateway, people, lab, attic, join, ask, list, links };
}

test('E23: members see their pool; to others its models do not exist', async () => {
  const { keys, lab, attic, join, ask, list } = await openTwoPools();
  const ann = await join(lab.id, 'Ann');
  const outsider = await join(attic.id, 'Eve');
  const { key } = await keys.create(ann.personId, 'laptop');
  const { key: eve } = await keys.create(outsider.personId, 'laptop');
  expect([await list(key), await list(eve)]).toEqual([['lab-one-model'], ['attic-model']]);
  expect([await ask(key, 'lab-one-model'), await ask(key, 'attic-model')]).toEqual([200, 404]);
  expect([await ask(eve, 'lab-one-model'), await ask(eve, 'attic-model')]).toEqual([404, 200]);
  await expect(keys.create(outsider.personId, 'sly', { poolId: lab.id })).rejects.toMatchObject({
    code: 'not-found',
  });
});

test('E23: a key reaches no further than its pool, its models and its end', async () => {
  const { keys, people, lab, join, ask, list } = await openTwoPools();
  const { key } = await keys.create(ownerPersonId, 'all');
  expect(await list(key)).toEqual(['attic-model', 'lab-one-model']);
  const { key: bound } = await keys.create(ownerPersonId, 'lab only', { poolId: lab.id });
  expect([await list(bound), await ask(bound, 'attic-model')]).toEqual([['lab-one-model'], 404]);
  const { key: other } = await keys.create(ownerPersonId, 'x', { models: ['attic-model'] });
  expect(await ask(other, 'attic-model')).toBe(200);
  expect([await list(other), await ask(other, 'lab-one-model')]).toEqual([['attic-model'], 404]);

  const limited = await join(lab.id, 'Ann', { models: ['another-model'] });
  const { key: hers } = await keys.create(limited.personId, 'laptop', {
    models: ['lab-one-model'],
  });
  expect([await list(hers), await ask(hers, 'lab-one-model')]).toEqual([[], 404]);
  const wish = { models: [], by: ownerPersonId };
  await people.members.update(lab.id, limited.personId, wish);
  expect(await list(hers)).toEqual(['lab-one-model']);
});

test('E23: being removed acts on the next request; a key that was revoked or has ended is refused', async () => {
  const { keys, people, lab, join, ask } = await openTwoPools();
  const ann = await join(lab.id, 'Ann');
  const { key } = await keys.create(ann.personId, 'any pool of hers');
  const { key: bound, record } = await keys.create(ann.personId, 'bound', { poolId: lab.id });
  const { key: brief } = await keys.create(ann.personId, 'brief', { expiresAt: Date.now() + 50 });
  const statuses = async () => [await ask(key, 'lab-one-model'), await ask(bound, 'lab-one-model')];
  expect(await statuses()).toEqual([200, 200]);
  await expect.poll(() => ask(brief, 'lab-one-model')).toBe(401);
  const told = await fixture.send({
    path: '/v1/models',
    headers: { authorization: `Bearer ${brief}` },
  });
  expect(told.text).toContain('The API key “brief” has expired');
  await people.members.remove(lab.id, ann.personId, { by: ownerPersonId });
  expect(await statuses()).toEqual([404, 401]);
  expect(keys.list(ann.personId).map(({ id }) => id)).not.toContain(record.id);
});

test('E23: a machine that is put out is refused at once, and its models are gone', async () => {
  const { keys, people, lab, ask, list, links } = await openTwoPools();
  const { key } = await keys.create(ownerPersonId, 'lab only', { poolId: lab.id });
  expect(await ask(key, 'lab-one-model')).toBe(200);
  const link = links.get(lab.id);
  await people.devices.revoke(link?.membershipId ?? '');
  const message = 'This device was removed from “lab-one”; ask its owner for a new invite';
  expect(link?.refusals).toEqual([{ reason: 'membership-revoked', message }]);
  expect([await list(key), await ask(key, 'lab-one-model')]).toEqual([[], 404]);
});

test('a member who signs in may do what members may, and hears nothing of the owner', async () => {
  const { people, sessions, lab, attic, join, publish } = await openTwoPools();
  const ann = await join(lab.id, 'Ann');
  const { token } = await sessions.openFor(ann.personId);
  const headers = { authorization: `Bearer ${token}` };
  const status = async (path: string, method = 'GET') => {
    const body = method === 'GET' ? {} : { body: '{}' };
    const type = { 'content-type': 'application/json' };
    const sent = { path, method, headers: { ...headers, ...type }, ...body };
    return (await fixture.send(sent)).status;
  };
  expect(await status('/control/activity')).toBe(403);
  expect(await status('/control/chats')).toBe(403);
  expect(await status(`/control/pools/${lab.id}/invites`, 'POST')).toBe(403);
  expect(await status(`/control/pools/${attic.id}/invites`, 'POST')).toBe(404);
  expect(await status(`/control/pools/${attic.id}/overview`)).toBe(404);

  const socket = new WebSocket(`${fixture.origin.replace('http', 'ws')}${livePath}`);
  const heard: string[] = [];
  socket.on('message', (data: Buffer) => heard.push(data.toString('utf8')));
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'hello', token }));
  await once(socket, 'message');
  publish('chats.chunk', { text: 'a secret of the owner' });
  publish('pools.overview', { poolId: attic.id });
  publish('pools.overview', { poolId: lab.id });
  publish('pools.changed', {});
  await expect.poll(() => heard.length).toBe(3);
  expect(heard.join()).not.toContain('secret');
  expect(heard.join()).not.toContain(attic.id);
  const closed = once(socket, 'close');
  await people.members.remove(lab.id, ann.personId, { by: ownerPersonId });
  await closed;
  expect(await status('/control/activity')).toBe(401);
});
