import { beforeAll, afterAll, describe, expect, test } from 'vitest';
import { contract } from '../../contract/control.ts';
import type { ControlHandlers } from '../../contract/control.ts';
import type { Call, Contract, Upload } from '../../contract/kinds.ts';
import { MillpondError } from '../../core/error.ts';
import {
  fixtureHandlers,
  ownerPersonId,
  ownerToken,
  startGateway,
} from '../../testing/gateway-fixture.ts';
import type { GatewayFixture } from '../../testing/gateway-fixture.ts';
import { createMemoryAudit } from '../../testing/memory-audit.ts';
import { createMemoryStores } from '../../testing/memory-stores.ts';
import { enrolment, testPassword } from '../../testing/open-test-people.ts';
import { createScriptedBackend } from '../../testing/scripted-backend.ts';
import { columns, matrix } from './role-matrix.fixture.ts';

interface KnownCall {
  readonly name: string;
  readonly entry: Call | Upload;
}

const sections: Contract = contract;
const calls: readonly KnownCall[] = Object.entries(sections).flatMap(([section, entries]) =>
  Object.entries(entries).flatMap(([name, entry]) =>
    entry.kind === 'notification' ? [] : [{ name: `${section}.${name}`, entry }],
  ),
);

interface Scene {
  readonly fixture: GatewayFixture;
  readonly tokens: ReadonlyMap<string, string>;
  readonly ids: { readonly pool: string; readonly machine: string; readonly invite: string };
}

let scene: Scene;
const audit = createMemoryAudit();

/** Whoever gets to a handler gets this: the call was theirs to make. */
const reached = 'a handler was reached';

beforeAll(async () => {
  scene = await setScene();
});

afterAll(async () => {
  await scene.fixture.gateway.stop();
});

async function setScene(): Promise<Scene> {
  const fixture = await startGateway(
    createScriptedBackend(() => []),
    {
      handlers: (gateway) => reaching(fixtureHandlers(gateway)),
      stores: { ...createMemoryStores(), audit },
    },
  );
  const { people, sessions } = fixture.gateway;
  const { id: pool } = await people.pools.start({ name: 'lab', password: testPassword });
  const { invite } = await people.invites.create(pool, { ...inviteWish('member') });
  const tokens = new Map([['owner', ownerToken]]);
  for (const role of ['viewer', 'member', 'admin'] as const) {
    const { person } = await people.accounts.create({ name: role, role, by: ownerPersonId });
    tokens.set(role, (await sessions.openFor(person.id)).token);
  }
  let machine = '';
  for (const role of ['viewer', 'member', 'admin'] as const) {
    const { secret } = await people.invites.create(pool, inviteWish(role));
    const { membershipId } = await people.gate.enrol(enrolment(secret, `pool ${role}`));
    const personId = people.devices.find(membershipId)?.personId ?? '';
    tokens.set(`${role} of the pool`, (await sessions.openFor(personId)).token);
    machine = membershipId;
  }
  return { fixture, tokens, ids: { pool, machine, invite: invite.id } };
}

const inviteWish = (role: 'viewer' | 'member' | 'admin') => ({
  ...({ role, rights: 'serve-and-ask', trust: 'trusted', models: [], by: ownerPersonId } as const),
});

/** Every handler of the contract says that it was reached. */
function reaching(handlers: ControlHandlers): ControlHandlers {
  const refuse = (): never => {
    throw new MillpondError('unavailable', reached);
  };
  const sectionsOf = Object.entries(handlers).map(([section, entries]: [string, object]) => [
    section,
    Object.fromEntries(Object.keys(entries).map((name) => [name, refuse])),
  ]);
  // Built from the handlers' own keys, so every one is there.
  return Object.fromEntries(sectionsOf) as ControlHandlers;
}

async function outcomeOf({ entry }: KnownCall, column: string): Promise<string> {
  const { fixture, tokens, ids } = scene;
  const about = entry.path.startsWith('/control/machines/')
    ? ids.machine
    : entry.path.startsWith('/control/invites/')
      ? ids.invite
      : ids.pool;
  const token = tokens.get(column);
  const answer = await fixture.send({
    method: entry.method,
    path: entry.path.replace(':id', about).replaceAll(/:\w+/g, ids.machine),
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(entry.method !== 'GET' && { 'content-type': 'application/json' }),
    },
    ...(entry.method !== 'GET' && { body: '{}' }),
  });
  const isHandled = answer.status === 503 && answer.text.includes(reached);
  // Input is looked at only once the call is known to be theirs.
  return isHandled || answer.status === 400 ? 'ok' : answer.status.toString();
}

describe('E24: the route × role matrix', () => {
  test('names every call of the contract exactly once', () => {
    const named = matrix.flatMap((row) => row.calls);
    expect(named.toSorted()).toEqual(calls.map(({ name }) => name).toSorted());
  });

  test.each(matrix.map((row) => [row.who, row] as const))(
    'what is for %s is for nobody else',
    async (_who, row) => {
      const { calls: named } = row;
      const expected = named.map((name) => [name, row.outcomes]);
      const actual = await Promise.all(
        named.map(async (name) => {
          const call = calls.find((each) => each.name === name);
          if (call === undefined) return [name, 'no such call'];
          const outcomes = await Promise.all(columns.map((column) => outcomeOf(call, column)));
          return [name, outcomes.join(' ')];
        }),
      );
      expect(actual).toEqual(expected);
    },
  );

  test('every write call that a viewer tries answers 403 or 404, and is in the audit log', async () => {
    const own = new Set(['session.close', 'pools.setPassword']);
    const writes = calls.filter(
      ({ name, entry }) =>
        entry.method !== 'GET' &&
        !own.has(name) &&
        (entry.kind === 'upload' || entry.access === 'session'),
    );
    expect(writes.length).toBeGreaterThan(60);
    await scene.fixture.gateway.audit.query({ limit: 1 });
    const before = audit.entries.length;
    for (const call of writes) {
      expect([call.name, await outcomeOf(call, 'viewer')]).toEqual([
        call.name,
        expect.stringMatching(/^40[34]$/),
      ]);
    }
    await scene.fixture.gateway.audit.query({ limit: 1 });
    const written = audit.entries.slice(before).map(({ action }) => action);
    const questions =
      /^(?:chats\.|config\.check|memberships\.preview|models\.(?:count|predict|suggest))/;
    expect(written).toEqual(writes.map(({ name }) => name).filter((name) => !questions.test(name)));
    const outcomes = new Set(audit.entries.slice(before).map(({ outcome }) => outcome));
    expect([...outcomes].toSorted()).toEqual(['forbidden', 'not-found']);
  });
});
