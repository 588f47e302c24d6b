import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { MillpondError } from '../../core/error.ts';
import { publicKeyBytes, signatureBytes } from '../wire/protocol.ts';

/** The key pair of one membership. Memberships never share one, so that pools cannot compare them. */
export interface TunnelIdentity {
  /** Ed25519, raw 32 bytes: what the gateway knows. */
  readonly publicKey: Uint8Array;
  /** PKCS #8 in PEM, for the secret store. Never leaves the machine. */
  readonly privateKey: string;
}

export function createIdentity(): TunnelIdentity {
  const pair = generateKeyPairSync('ed25519');
  return {
    publicKey: rawPublicKey(pair.publicKey),
    privateKey: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

/** The identity behind a stored key. Throws `internal` when it is none. */
export function readIdentity(privateKey: string): TunnelIdentity {
  return { publicKey: rawPublicKey(createPublicKey(readPrivateKey(privateKey))), privateKey };
}

/** Signs with a stored private key. Throws `internal` when it is none. */
export function signWith(privateKey: string, payload: Uint8Array): Uint8Array {
  return sign(null, payload, readPrivateKey(privateKey));
}

/** Whether the owner of `publicKey` signed exactly this. Never throws, whatever the bytes are. */
export function isSignedBy(
  publicKey: Uint8Array,
  payload: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (publicKey.byteLength !== publicKeyBytes || signature.byteLength !== signatureBytes) {
    return false;
  }
  try {
    const key = createPublicKey({ key: publicKeyAsJwk(publicKey), format: 'jwk' });
    return verify(null, payload, key, signature);
  } catch {
    // Not a point of the curve: nobody can have signed with it.
    return false;
  }
}

function readPrivateKey(pem: string): KeyObject {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch (error) {
    throw brokenKey(error);
  }
  throw brokenKey();
}

function brokenKey(cause?: unknown): MillpondError {
  return new MillpondError(
    'internal',
    'The key of this membership cannot be read; leave the pool and join it again',
    { cause },
  );
}

function rawPublicKey(key: KeyObject): Uint8Array {
  const { x } = key.export({ format: 'jwk' });
  return Buffer.from(x ?? '', 'base64url');
}

function publicKeyAsJwk(publicKey: Uint8Array) {
  return { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(publicKey).toString('base64url') };
}
