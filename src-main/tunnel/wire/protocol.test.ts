import { expect, test } from 'vitest';
import { clampTiming, defaultTiming, signedPayload } from './protocol.ts';

const nonce = Buffer.alloc(32, 7);

test('what is signed differs whenever any part differs, also where parts touch', () => {
  const payloads = [
    signedPayload({ dialled: 'ab', membershipId: 'c', epoch: 1, nonce }),
    signedPayload({ dialled: 'a', membershipId: 'bc', epoch: 1, nonce }),
    signedPayload({ dialled: 'ab', membershipId: 'c', epoch: 2, nonce }),
    signedPayload({ dialled: 'ab', membershipId: 'c', epoch: 1, nonce: Buffer.alloc(32, 8) }),
    signedPayload({ dialled: 'ab', membershipId: 'c', epoch: 1, nonce: nonce.subarray(1) }),
  ];
  expect(new Set(payloads.map((payload) => payload.toString('hex'))).size).toBe(payloads.length);
});

test('a node obeys what it is told within bounds, and the defaults where it is told nothing', () => {
  expect(clampTiming(undefined)).toEqual(defaultTiming);
  const told = {
    ...defaultTiming,
    runHeartbeatMs: 1,
    idleHeartbeatMs: 4_000_000_000,
    keepFramesMs: 0,
  };
  expect(clampTiming(told)).toMatchObject({
    runHeartbeatMs: 250,
    idleHeartbeatMs: 60_000,
    keepFramesMs: 30_000,
  });
});
