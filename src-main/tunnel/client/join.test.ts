import { afterEach, describe, expect, test } from 'vitest';
import { createConnectionRegister } from '../../platform/http/connection-register.ts';
import { systemClock } from '../../platform/system-clock.ts';
import { createIdentity } from '../identity/identity.ts';
import { TunnelRefusal } from '../refusal.ts';
import { enrol } from './enrol.ts';
import { openTestGateway } from './gateway.fixture.ts';
import type { TestGateway } from './gateway.fixture.ts';
import { knock } from './knock.ts';
import type { KnockState } from './knock.ts';
import { testGrant } from './memory-gate.fixture.ts';

const opened: TestGateway[] = [];
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
});

async function open(): Promise<TestGateway> {
  const gateway = await openTestGateway();
  opened.push(gateway);
  return gateway;
}

const { publicKey } = createIdentity();
const device = {
  publicKey,
  deviceName: 'den',
  personName: 'Mei',
  clock: systemClock,
  register: createConnectionRegister(systemClock),
};
const signal = new AbortController().signal;

describe('an invite', () => {
  test('becomes a membership under the key of this device', async () => {
    const gateway = await open();
    gateway.gate.invites.set('secret', testGrant({ role: 'admin', trust: 'own' }));
    const grant = await enrol({ ...device, signal, gateway: gateway.address, invite: 'secret' });
    expect(grant).toEqual(testGrant({ role: 'admin', trust: 'own' }));
    const known = gateway.gate.memberships.get(grant.membershipId);
    expect(known?.publicKey).toEqual(Buffer.from(publicKey));
  });

  test.each([
    ['invalid-invite', 'This invite is not known here; ask for a new one'],
    ['invite-expired', 'This invite ended yesterday; ask for a new one'],
    ['invite-used-up', 'This invite was used already; ask for a new one'],
    ['invite-revoked', 'This invite was taken back; ask for a new one'],
  ] as const)('that is refused as %s says the gateway’s sentence', async (reason, sentence) => {
    const gateway = await open();
    gateway.gate.invites.set('secret', new TunnelRefusal(reason, sentence));
    const joining = enrol({ ...device, signal, gateway: gateway.address, invite: 'secret' });
    await expect(joining).rejects.toMatchObject({ code: 'forbidden', reason, message: sentence });
  });

  test('to a gateway that is switched off says so', async () => {
    const gateway = await openTestGateway();
    await gateway.close();
    const joining = enrol({ ...device, signal, gateway: gateway.address, invite: 'secret' });
    await expect(joining).rejects.toMatchObject({
      code: 'unavailable',
      reason: 'gateway-unreachable',
    });
  });

  test('can be given up while the gateway thinks', async () => {
    const gateway = await open();
    const stop = new AbortController();
    gateway.gate.enrol = () => {
      stop.abort();
      return new Promise(() => {});
    };
    const options = { ...device, gateway: gateway.address, invite: 'secret', signal: stop.signal };
    await expect(enrol(options)).rejects.toMatchObject({ code: 'cancelled' });
  });
});

describe('asking to join', () => {
  const states = (
    gateway: TestGateway,
    stop = signal,
  ): AsyncGenerator<KnockState, void, undefined> =>
    knock({ ...device, candidates: gateway.address.candidates, signal: stop });

  test('shows the same words on both screens, then joins under the pin of who answered', async () => {
    const gateway = await open();
    const seen: KnockState[] = [];
    for await (const state of states(gateway)) {
      seen.push(state);
      if (state.phase === 'waiting') gateway.gate.answerKnock(testGrant());
    }
    const words = gateway.gate.knocks[0]?.words;
    expect(words).toHaveLength(5);
    expect(seen).toEqual([
      { phase: 'waiting', poolName: 'Attic', ownerName: 'Mei', words },
      { phase: 'joined', grant: testGrant(), gateway: gateway.address },
    ]);
  });

  test('shows other words than the owner sees when somebody in the middle passes it on', async () => {
    const gateway = await open();
    const middle = await open();
    middle.gate.knock = async (asked) => {
      // The best that somebody without the keys can do: ask for the same device.
      const { candidates } = gateway.address;
      const passedOn = knock({ ...device, ...asked, candidates, signal });
      await passedOn.next();
      return new Promise(() => {});
    };
    const asking = states(middle);
    const { value: shown } = await asking.next();
    await expect.poll(() => gateway.gate.knocks.length).toBe(1);
    expect(shown).toMatchObject({ phase: 'waiting', poolName: 'Attic' });
    expect(shown).not.toMatchObject({ words: gateway.gate.knocks[0]?.words });
    await asking.return();
  });

  test('ends with the owner’s no', async () => {
    const gateway = await open();
    const asking = states(gateway);
    await asking.next();
    gateway.gate.answerKnock(new TunnelRefusal('declined', 'Mei said no; ask them why'));
    await expect(asking.next()).rejects.toMatchObject({
      code: 'forbidden',
      reason: 'declined',
      message: 'Mei said no; ask them why',
    });
  });

  test('is withdrawn at the gateway when the person leaves or aborts', async () => {
    const left = await open();
    const asking = states(left);
    await asking.next();
    await asking.return();
    await left.gate.withdrawn;

    const aborted = await open();
    const stop = new AbortController();
    const other = states(aborted, stop.signal);
    await other.next();
    const next = other.next();
    stop.abort();
    await expect(next).rejects.toMatchObject({ code: 'cancelled' });
    await aborted.gate.withdrawn;
  });
});
