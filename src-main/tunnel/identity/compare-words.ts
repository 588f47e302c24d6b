import { createHash, scrypt } from 'node:crypto';
import { compareWordsInput } from '../wire/protocol.ts';
import { wordsOf } from './words.ts';

/**
 * Somebody in the middle needs keys and a salt that give the same words on both screens. Each try
 * costs them this: about 0.1 s and 32 MiB, while 40 bits of words need 10^12 tries.
 */
const cost = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 * 1024 };
const hashBytes = 16;

/**
 * The five words that both screens show while a device asks to join; equal exactly when nobody sits
 * between them. `dialled` is the pin (SPKI hash, base64url) of the gateway that each side sees: the
 * device the one it talks to, the gateway its own.
 */
export async function compareWords(parts: {
  readonly publicKey: Uint8Array;
  readonly dialled: string;
  readonly salt: Uint8Array;
}): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    scrypt(compareWordsInput(parts), parts.salt, hashBytes, cost, (error, hash) => {
      if (error === null) resolve(wordsOf(hash));
      else reject(error);
    });
  });
}

/** The pin of a gateway (SPKI hash, base64url) as five words that a person can compare by eye. */
export function fingerprintWords(spki: string): readonly string[] {
  return wordsOf(createHash('sha256').update(`millpond-fingerprint-v1 ${spki}`).digest());
}
