import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ServiceError } from '@grpc/grpc-js';
import type {
  EnrolRequest,
  EnrolResponse,
  KnockResponse,
} from '../gen/millpond/tunnel/v1/tunnel.ts';
import { compareWords } from '../identity/compare-words.ts';
import { createIdentity } from '../identity/identity.ts';
import type { Enrolment, MembershipGrant } from '../ports.ts';
import { TunnelRefusal } from '../refusal.ts';
import { protocolVersion } from '../wire/protocol.ts';
import { openTestServer, ownPin } from './tunnel-server.fixture.ts';
import type { TestServer } from './tunnel-server.fixture.ts';

let lake: TestServer;
beforeEach(async () => {
  lake = await openTestServer();
});
afterEach(async () => {
  await lake.close();
});

const grant: MembershipGrant = {
  ...{ membershipId: 'm1', poolId: 'p1', poolName: 'Lake', gatewayName: 'home' },
  ...{ personName: 'Bob', role: 'member', trust: 'trusted', mayServe: true, mayAsk: true },
};
const { publicKey } = createIdentity();
const request: EnrolRequest = {
  protocolVersion,
  invite: 'secret',
  publicKey: Buffer.from(publicKey),
  deviceName: 'laptop\u001b[2J',
  personName: 'Bob',
  deviceTime: 0,
};

function enrol(change: Partial<EnrolRequest> = {}): Promise<EnrolResponse> {
  return new Promise((resolve, reject) => {
    lake.client().enrol({ ...request, ...change }, (error, response) => {
      if (error === null) resolve(response);
      else reject(error);
    });
  });
}

/** Knocks, and collects what comes. */
function knock(change: Partial<EnrolRequest> = {}) {
  const stream = lake.client().knock({ ...request, ...change });
  const came: KnockResponse['outcome'][] = [];
  stream.on('data', ({ outcome }: KnockResponse) => came.push(outcome));
  const ended = new Promise<ServiceError | undefined>((resolve) => {
    stream.on('error', (error: ServiceError) => resolve(error));
    stream.on('end', () => resolve(undefined));
  });
  return { stream, came, ended };
}

test('an invite becomes a membership', async () => {
  const asked: Enrolment[] = [];
  lake.gate.onEnrol = (enrolment) => {
    asked.push(enrolment);
    return Promise.resolve(grant);
  };
  expect(await enrol()).toEqual({ outcome: { $case: 'membership', value: grant } });
  expect(asked).toMatchObject([{ invite: 'secret', deviceName: 'laptop [2J', personName: 'Bob' }]);
  expect(Buffer.from(asked[0]?.publicKey ?? []).equals(publicKey)).toBe(true);
});

test('a bad invite is a refusal with its sentence, and guessing stops after 20 in a minute', async () => {
  lake.gate.onEnrol = () =>
    Promise.reject(new TunnelRefusal('invite-expired', 'It ended on Monday'));
  for (let count = 0; count < 20; count += 1) {
    expect(await enrol()).toEqual({
      outcome: {
        $case: 'refusal',
        value: { reason: 'invite-expired', message: 'It ended on Monday' },
      },
    });
  }
  await expect(enrol()).rejects.toMatchObject({
    details: expect.stringMatching(/in a minute/) as string,
  });
  await lake.clock.advance(60_000);
  expect((await enrol()).outcome?.$case).toBe('refusal');
});

test('a device of a version that does not fit joins by neither way', async () => {
  expect((await enrol({ protocolVersion: 0 })).outcome).toMatchObject({
    value: { reason: 'version-too-old' },
  });
  const { came, ended } = knock({ protocolVersion: 2 });
  await ended;
  expect(came).toMatchObject([{ value: { reason: 'version-too-new' } }]);
});

test('a device without a usable key is told to update', async () => {
  await expect(enrol({ publicKey: Buffer.alloc(3) })).rejects.toMatchObject({
    code: 3,
    details: expect.stringMatching(/update Millpond/) as string,
  });
});

test('a failure inside says nothing about the inside', async () => {
  lake.gate.onEnrol = () => Promise.reject(new Error('SELECT secret FROM invites'));
  await expect(enrol()).rejects.toMatchObject({
    details: expect.not.stringMatching(/SELECT/) as string,
  });
});

test('a knock shows the owner the words that the device shows, and ends with a yes', async () => {
  let shown: readonly string[] = [];
  let from = '';
  const owner = Promise.withResolvers<MembershipGrant>();
  lake.gate.onKnock = ({ address }, words) => {
    shown = words;
    from = address ?? '';
    return owner.promise;
  };
  const { came, ended } = knock();
  await expect.poll(() => came.length).toBe(1);
  const [waiting] = came;
  if (waiting?.$case !== 'waiting') throw new Error('the device should be waiting');
  expect(waiting.value).toMatchObject({ poolName: 'Lake', ownerName: 'Ann' });
  await expect.poll(() => shown.length).toBeGreaterThan(3);
  expect(from).toBe('127.0.0.1');
  const { salt } = waiting.value;
  expect(await compareWords({ publicKey, dialled: ownPin, salt })).toEqual(shown);
  expect(await compareWords({ publicKey, dialled: 'a gateway in between', salt })).not.toEqual(
    shown,
  );
  owner.resolve(grant);
  expect(await ended).toBeUndefined();
  expect(came[1]).toEqual({ $case: 'membership', value: grant });
  expect(lake.server.measure().pendingKnocks).toBe(0);
});

test('a no of the owner is a refusal', async () => {
  lake.gate.onKnock = () => Promise.reject(new TunnelRefusal('declined', 'Ann said no'));
  const { came, ended } = knock();
  await ended;
  expect(came.at(-1)).toEqual({
    $case: 'refusal',
    value: { reason: 'declined', message: 'Ann said no' },
  });
});

test('a device that leaves is no longer shown to the owner', async () => {
  let signal: AbortSignal | undefined;
  lake.gate.onKnock = (_knock, _words, given) => {
    signal = given;
    return new Promise((_, reject) =>
      given.addEventListener('abort', () => reject(new Error('left'))),
    );
  };
  const { stream, ended } = knock();
  await expect.poll(() => signal).toBeDefined();
  stream.cancel();
  await ended;
  await expect.poll(() => signal?.aborted).toBe(true);
  await expect.poll(() => lake.server.measure().pendingKnocks).toBe(0);
});

test('the sixth knock of an address in a minute is turned away', async () => {
  lake.gate.onKnock = () => Promise.reject(new TunnelRefusal('declined', 'No'));
  for (let count = 0; count < 5; count += 1) expect(await knock().ended).toBeUndefined();
  expect(await knock().ended).toMatchObject({ code: 8 });
  await lake.clock.advance(60_000);
  expect(await knock().ended).toBeUndefined();
});

test('no more than 20 devices wait for the owner at a time', async () => {
  lake.gate.onKnock = () => new Promise(() => {});
  for (let count = 0; count < 20; count += 1) {
    if (count % 5 === 0) await lake.clock.advance(60_000);
    knock();
    await expect.poll(() => lake.server.measure().pendingKnocks).toBe(count + 1);
  }
  await lake.clock.advance(60_000);
  expect(await knock().ended).toMatchObject({ code: 8 });
});
