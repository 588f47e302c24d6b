import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { compareWords, fingerprintWords } from './compare-words.ts';
import { createIdentity } from './identity.ts';
import { wordsOf } from './words.ts';

const { publicKey } = createIdentity();
const salt = randomBytes(32);
const dialled = 'n'.repeat(43);

test('both sides get the same five words from the same keys and salt', async () => {
  const words = await compareWords({ publicKey, dialled, salt });
  expect(words).toHaveLength(5);
  expect(await compareWords({ publicKey: new Uint8Array(publicKey), dialled, salt })).toEqual(
    words,
  );
});

test('a gateway in between gives other words, and so does another device or salt', async () => {
  const words = await compareWords({ publicKey, dialled, salt });
  const others = [
    { publicKey, dialled: 'm'.repeat(43), salt },
    { publicKey: createIdentity().publicKey, dialled, salt },
    { publicKey, dialled, salt: randomBytes(32) },
  ];
  for (const other of others) expect(await compareWords(other)).not.toEqual(words);
});

test('a fingerprint always gives the same words', () => {
  expect(fingerprintWords(dialled)).toEqual(fingerprintWords(dialled));
  expect(fingerprintWords(dialled)).toHaveLength(5);
  expect(fingerprintWords(dialled)).not.toEqual(fingerprintWords('m'.repeat(43)));
});

test('each byte has a word of its own, different within three letters', () => {
  const words = Array.from({ length: 256 }, (_, byte) => wordsOf(Uint8Array.of(byte))[0]);
  expect(new Set(words.map((word) => word?.slice(0, 3))).size).toBe(256);
  expect(words.every((word) => /^[a-z]{3,8}$/.test(word ?? ''))).toBe(true);
});
