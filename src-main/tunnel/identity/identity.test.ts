import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { createIdentity, isSignedBy, readIdentity, signWith } from './identity.ts';

const payload = Buffer.from('what was said');

test('what an identity signs is recognised by its public key, and nothing else is', () => {
  const { publicKey, privateKey } = createIdentity();
  const signature = signWith(privateKey, payload);
  expect(publicKey).toHaveLength(32);
  expect(isSignedBy(publicKey, payload, signature)).toBe(true);
  expect(isSignedBy(publicKey, Buffer.from('something else'), signature)).toBe(false);
  expect(isSignedBy(createIdentity().publicKey, payload, signature)).toBe(false);
  const bent = Buffer.from(signature);
  bent[0] = (bent[0] ?? 0) ^ 1;
  expect(isSignedBy(publicKey, payload, bent)).toBe(false);
});

test('keys and signatures of a wrong length or no curve point are refused without a throw', () => {
  const { publicKey, privateKey } = createIdentity();
  const signature = signWith(privateKey, payload);
  expect(isSignedBy(publicKey.subarray(1), payload, signature)).toBe(false);
  expect(isSignedBy(publicKey, payload, signature.subarray(1))).toBe(false);
  expect(isSignedBy(new Uint8Array(32).fill(255), payload, signature)).toBe(false);
});

test('a stored key gives back the same identity', () => {
  const identity = createIdentity();
  expect(readIdentity(identity.privateKey)).toEqual(identity);
});

test('a stored key that is none says what to do and never what it was', () => {
  const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const wrongKind = p256.export({ type: 'pkcs8', format: 'pem' }).toString();
  for (const key of ['', 'hunter2', wrongKind]) {
    expect(() => signWith(key, payload)).toThrow(/leave the pool and join it again/);
  }
});
