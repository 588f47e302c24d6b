import { beforeEach, describe, expect, test } from 'vitest';
import type { PoolRole } from '../../core/node.ts';
import { createFakeClock } from '../../testing/fake-clock.ts';
import { silentLogger } from '../../testing/gateway-fixture.ts';
import { createMemoryStores } from '../../testing/memory-stores.ts';
import { createApiKeys } from './api-keys.ts';
import type { ApiKeys } from './api-keys.ts';
import { KeyAdministration } from './key-administration.ts';

const roles: Readonly<Record<string, PoolRole | undefined>> = {
  olga: 'owner',
  adam: 'admin',
  anna: 'admin',
  max: 'member',
  vera: 'viewer',
  // In a pool, without an account at the gateway.
  paul: undefined,
};

let keys: ApiKeys;
let administration: KeyAdministration;

beforeEach(async () => {
  const { keys: store } = createMemoryStores();
  keys = createApiKeys({ store, clock: createFakeClock(), logger: silentLogger });
  await keys.load();
  administration = new KeyAdministration({
    keys,
    holders: {
      gatewayRole: (id) => roles[id],
      name: (id) => (Object.hasOwn(roles, id) ? id.toUpperCase() : undefined),
    },
    usesOf: () => [{ limit: 'requestsPerMinute', allowed: 5, used: 2 }],
  });
});

const makes = (by: string, personId: string) => administration.create(by, { name: 'k', personId });

describe('a key for somebody else', () => {
  test.each([
    ['olga', ['adam', 'anna', 'max', 'vera', 'paul']],
    ['adam', ['max', 'vera', 'paul']],
    ['max', []],
    ['vera', []],
    ['paul', []],
  ])('is made by %s for %j alone', async (by, allowed) => {
    for (const personId of Object.keys(roles)) {
      if (personId === by || allowed.includes(personId)) {
        expect((await makes(by, personId)).record).toMatchObject({
          personId,
          personName: personId.toUpperCase(),
        });
      } else {
        await expect(makes(by, personId)).rejects.toMatchObject({ code: 'forbidden' });
      }
    }
  });

  test('needs somebody', async () => {
    await expect(makes('olga', 'nobody')).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('the list', () => {
  test('is everybody’s for owner and admins, and one’s own for others', async () => {
    for (const personId of Object.keys(roles)) await makes(personId, personId);
    expect(administration.list('olga')).toHaveLength(6);
    expect(administration.list('adam')).toHaveLength(6);
    for (const personId of ['max', 'vera', 'paul']) {
      expect(administration.list(personId)).toMatchObject([{ personId }]);
    }
  });

  test('tells whose a key is and how much of it is used, and no secret', async () => {
    const { key } = await makes('olga', 'max');
    const list = administration.list('olga');
    expect(list).toMatchObject([{ personName: 'MAX', uses: [{ used: 2 }] }]);
    expect(JSON.stringify(list)).not.toContain(key.slice(10));
    expect(list[0]).not.toHaveProperty('hash');
  });
});

describe('changing and revoking', () => {
  test.each(['update', 'revoke'] as const)('%s follows the rank', async (deed) => {
    const doIt = (by: string, id: string) =>
      deed === 'update'
        ? administration.update(by, id, { tags: ['x'] })
        : administration.revoke(by, id);
    const { record: ofAdmin } = await makes('anna', 'anna');
    const { record: ofMember } = await makes('max', 'max');
    await expect(doIt('adam', ofAdmin.id)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(doIt('vera', ofMember.id)).rejects.toMatchObject({ code: 'not-found' });
    await expect(doIt('max', ofAdmin.id)).rejects.toMatchObject({ code: 'not-found' });
    await expect(doIt('max', 'made up')).rejects.toMatchObject({ code: 'not-found' });
    await doIt('adam', ofMember.id);
    await doIt('olga', ofAdmin.id);
  });

  test('a change replaces what it names, null takes it away, the rest stays', async () => {
    const { key, record } = await administration.create('max', {
      name: 'laptop',
      kind: 'service',
      models: ['guide'],
      tags: ['team'],
      limits: { requestsPerMinute: 5 },
    });
    const changed = await administration.update('max', record.id, {
      name: 'desk',
      models: null,
      limits: { tokensPerDay: 10 },
      allowedIps: [' 10.0.0.0/8 '],
    });
    expect(changed).toMatchObject({
      ...{ id: record.id, name: 'desk', kind: 'service', tags: ['team'] },
      ...{ limits: { tokensPerDay: 10 }, allowedIps: ['10.0.0.0/8'] },
    });
    expect(changed).not.toHaveProperty('models');
    expect(keys.find(key, '10.1.2.3')).toMatchObject({ name: 'desk' });
    expect(() => keys.find(key, '192.0.2.1')).toThrow(
      expect.objectContaining({ code: 'forbidden', reason: 'address_not_allowed' }),
    );
  });

  test.each([
    [{ expiresAt: 5 }, 'expiresAt'],
    [{ allowedIps: ['nowhere'] }, 'allowedIps'],
  ])('a change to %j is refused, and nothing changes', async (change, param) => {
    const { record } = await makes('max', 'max');
    await expect(administration.update('max', record.id, change)).rejects.toMatchObject({ param });
    expect(keys.get(record.id)).not.toHaveProperty(param);
  });

  test('a revoked key stays revoked when a change was under way', async () => {
    const { key, record } = await makes('max', 'max');
    const change = administration.update('max', record.id, { name: 'other' });
    await administration.revoke('max', record.id);
    await change;
    expect(keys.find(key)).toBeUndefined();
    expect(keys.get(record.id)).toBeUndefined();
  });
});
