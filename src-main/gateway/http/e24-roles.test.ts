import { onTestFinished, describe, expect, test } from 'vitest';
import { createAuditHandlers } from '../../app/control/audit-handlers.ts';
import { createPeopleHandlers } from '../../app/control/people-handlers.ts';
import { createSessionHandlers } from '../../app/control/session-handlers.ts';
import type { AuditEntry } from '../../contract/audit.ts';
import type { Account } from '../../contract/people.ts';
import { systemClock } from '../../platform/system-clock.ts';
import { fixtureHandlers, ownerToken, startGateway } from '../../testing/gateway-fixture.ts';
import { createScriptedBackend, saying } from '../../testing/scripted-backend.ts';

const password = 'correct horse battery';

/** A gateway with people, sessions and audit as they are. */
async function open() {
  const fixture = await startGateway(
    createScriptedBackend(() => saying('Hi')),
    {
      handlers: (gateway) => ({
        ...fixtureHandlers(gateway),
        people: createPeopleHandlers({ ...gateway, usesOf: () => [] }),
        session: createSessionHandlers(gateway),
        audit: createAuditHandlers({ audit: gateway.audit, clock: systemClock }),
      }),
    },
  );
  onTestFinished(() => fixture.gateway.stop());
  const call = async (method: string, path: string, token?: string, body?: object) => {
    const answer = await fixture.send({
      ...{ method, path },
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: answer.json() };
  };
  const redeem = async (code: string): Promise<string> => {
    const { body } = await call('POST', '/control/redeem', undefined, { code, password });
    return (body as { readonly token: string }).token;
  };
  const make = async (name: string, role: string, by = ownerToken) => {
    const { body } = await call('POST', '/control/people', by, { name, role });
    const { person, code } = body as { readonly person: Account; readonly code: string };
    return { id: person.id, code, token: await redeem(code) };
  };
  const auditOf = async (token = ownerToken) => {
    const { body } = await call('GET', '/control/audit', token);
    return (body as { readonly entries: readonly AuditEntry[] }).entries;
  };
  return { fixture, call, make, redeem, auditOf };
}

const said = (entries: readonly AuditEntry[]) =>
  entries.map((each) => `${each.personName} ${each.action} ${each.subject} ${each.outcome}`);

describe('E24: roles over HTTP', () => {
  test('a viewer signs in by code, sees what everybody did, and changes nothing', async () => {
    const { call, make, fixture } = await open();
    const { token } = await make('Vic', 'viewer');
    expect((await call('GET', '/control/me', token)).body).toMatchObject({
      ...{ name: 'Vic', role: 'viewer', gatewayRole: 'viewer' },
    });
    const asked = await fixture.post(
      '/v1/chat/completions',
      { model: 'guide', messages: [{ role: 'user', content: 'x' }] },
      { authorization: `Bearer ${ownerToken}` },
    );
    expect(asked.status).toBe(200);
    const activity = await call('GET', '/control/activity', token);
    expect(activity.body).toMatchObject({ requests: [{ model: 'guide', state: 'done' }] });
    for (const [method, path] of [
      ...[
        ['POST', '/control/people'],
        ['DELETE', '/control/providers/x'],
        ['POST', '/control/keys'],
      ],
      ...[
        ['PATCH', '/control/settings'],
        ['POST', '/control/prices'],
        ['GET', '/control/audit'],
      ],
    ] as const) {
      expect([path, (await call(method, path, token)).status]).toEqual([path, 403]);
    }
  });

  test('what an admin does and tries is in the audit log, with who, what and how it ended', async () => {
    const { call, make, auditOf } = await open();
    const admin = await make('Ada', 'admin');
    const mia = await make('Mia', 'member', admin.token);
    await call('PATCH', `/control/people/${mia.id}`, admin.token, { limits: { tokensPerDay: 5 } });
    const refused = await call('POST', '/control/people', admin.token, {
      name: 'Bo',
      role: 'admin',
    });
    expect(refused).toMatchObject({
      ...{
        status: 403,
        body: { error: { message: 'Only somebody above makes admins; ask them' } },
      },
    });
    await call('DELETE', `/control/people/${mia.id}`, admin.token);
    const entries = await auditOf(admin.token);
    expect(said(entries)).toEqual([
      'Ada people.remove Mia done',
      'Ada people.create Bo forbidden',
      'Ada people.update Mia done',
      'Mia session.redeemCode Mia done',
      'Ada people.create Mia done',
      'Ada session.redeemCode Ada done',
      'Olga people.create Ada done',
    ]);
    expect(entries.every(({ address }) => address === '127.0.0.1')).toBe(true);
    expect((await call('GET', '/control/people', mia.token)).status).toBe(401);
  });

  test('signing in and failing to is written down, without what was typed', async () => {
    const { call, make, auditOf } = await open();
    await make('Mia', 'member');
    await call('POST', '/control/sign-in', undefined, { name: 'Mia', password });
    await call('POST', '/control/sign-in', undefined, { name: 'Mia', password: 'canary-wrong' });
    await call('POST', '/control/sign-in', undefined, { name: 'canary-name', password: 'x' });
    await call('POST', '/control/redeem', undefined, { code: 'canary-code', password });
    const entries = await auditOf();
    expect(said(entries).slice(0, 4)).toEqual([
      ' session.redeemCode  unauthenticated',
      ' session.signIn  unauthenticated',
      ' session.signIn Mia unauthenticated',
      'Mia session.signIn Mia done',
    ]);
    expect(JSON.stringify(entries)).not.toContain('canary');
  });

  test('an export holds what the list holds', async () => {
    const { call, make } = await open();
    await make('Mia', 'member');
    const { body } = await call('GET', '/control/audit/export?format=csv', ownerToken);
    expect(body).toMatchObject({ mediaType: 'text/csv' });
    expect((body as { readonly text: string }).text).toContain(',people.create,Mia,done,127.0.0.1');
  });
});

describe('accounts over HTTP', () => {
  test('a one-time code is guessed only so often, and right ones still work elsewhere', async () => {
    const { call } = await open();
    const guess = async () =>
      (await call('POST', '/control/redeem', undefined, { code: 'a wrong guess', password }))
        .status;
    const statuses: number[] = [];
    for (let turn = 0; turn < 6; turn += 1) statuses.push(await guess());
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429]);
  });

  test('people come from a list; wrong lines are named and the others made', async () => {
    const { call, redeem } = await open();
    const csv = 'name,role\nMia,member\nmia,viewer\nTom,boss\nVic,viewer\n';
    const { body } = await call('POST', '/control/people/import', ownerToken, { csv });
    const { made, problems } = body as {
      readonly made: readonly { readonly person: Account; readonly code: string }[];
      readonly problems: readonly object[];
    };
    expect(made.map(({ person }) => `${person.name} ${person.role}`)).toEqual([
      ...['Mia member', 'Vic viewer'],
    ]);
    expect(problems).toEqual([
      { line: 3, message: 'There is already somebody called “Mia”' },
      { line: 4, message: '“boss” is no role; write admin, member or viewer' },
    ]);
    expect(await redeem(made[1]?.code ?? '')).toMatch(/^ms_/);
    const { body: listed } = await call('GET', '/control/people', ownerToken);
    expect(listed).toMatchObject({
      people: [
        { name: 'Olga', role: 'owner', keys: 0, uses: [] },
        { name: 'Mia', hasPassword: false },
        { name: 'Vic', hasPassword: true, lastSeenAt: expect.any(Number) as number },
      ],
    });
    expect(JSON.stringify(listed)).not.toMatch(/scrypt|hash/);
  });

  test('a code that was used or reset away opens nothing, and sessions end with a reset', async () => {
    const { call, make } = await open();
    const mia = await make('Mia', 'member');
    expect((await call('GET', '/control/me', mia.token)).status).toBe(200);
    const again = await call('POST', '/control/redeem', undefined, { code: mia.code, password });
    expect(again.status).toBe(401);
    await call('POST', `/control/people/${mia.id}/reset`, ownerToken);
    expect((await call('GET', '/control/me', mia.token)).status).toBe(401);
    const signIn = await call('POST', '/control/sign-in', undefined, { name: 'Mia', password });
    expect(signIn.status).toBe(401);
  });
});
