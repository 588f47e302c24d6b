import { hash, randomBytes } from 'node:crypto';

/** SHA-256, lower-case hex. Enough for secrets of 128 random bits and more; never for passwords. */
export function hashSecret(secret: string): string {
  return hash('sha256', secret, 'hex');
}

/** URL-safe text with that many random bytes in it. */
export function randomSecret(bytes: number): string {
  return randomBytes(bytes).toString('base64url');
}
