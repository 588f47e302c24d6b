import { createPublicKey, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { z } from 'zod';
import { MillpondError } from '../core/error.ts';
import { versionPattern } from './version-order.ts';

const version = z.string().regex(versionPattern);

const releaseFile = z.object({
  platform: z.enum(['linux', 'darwin', 'win32']),
  arch: z.enum(['x64', 'arm64']),
  kind: z.enum(['folder', 'appimage', 'deb', 'rpm', 'mac-app', 'windows']),
  /** Absolute, or relative to the feed's own address. */
  url: z.string().min(1).max(2000),
  sizeBytes: z.int().min(1),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});
export type ReleaseFile = z.infer<typeof releaseFile>;

const release = z.object({
  version,
  /** Such as `2026-11-22`. */
  date: z.string().regex(/^\d{4}-\d{2}-\d{2}$/),
  /** Markdown: this version's part of CHANGELOG. */
  notes: z.string().max(100_000),
  /** What is older has to be updated to a version between first. */
  minimumVersion: version,
  files: z.array(releaseFile).max(100),
});
export type Release = z.infer<typeof release>;

/** Everything that was ever released, newest first. Later formats may add fields, not change these. */
export const feedSchema = z.object({
  format: z.literal(1),
  /** Grows with every feed that is signed: one with a smaller number is an old one played again. */
  serial: z.int().min(1),
  releases: z.array(release).min(1).max(500),
});
export type Feed = z.infer<typeof feedSchema>;

/** A feed as it came over the network. */
export interface SignedFeed {
  readonly bytes: Uint8Array;
  /** Base64 of the Ed25519 signature over exactly these bytes. */
  readonly signature: string;
}

/**
 * Proves a feed and only then reads it. `publicKey` is base64 of an Ed25519 key in SPKI form. Throws
 * `forbidden` with reason `update-signature`, and `unavailable` for a signed feed that makes no sense here.
 */
export function readFeed({ bytes, signature }: SignedFeed, publicKey: string): Feed {
  if (!verify(null, bytes, keyFrom(publicKey), Buffer.from(signature.trim(), 'base64'))) {
    throw new MillpondError(
      'forbidden',
      'The list of updates is not signed by Millpond, so nothing of it was used; something on the way changes it: try again on another network',
      { reason: 'update-signature' },
    );
  }
  const read = feedSchema.safeParse(parse(bytes));
  if (read.success) return read.data;
  throw new MillpondError(
    'unavailable',
    'The list of updates is in a form that this version does not know; download Millpond anew from its page',
    { reason: 'update-format' },
  );
}

function keyFrom(publicKey: string): KeyObject {
  try {
    const key = createPublicKey({
      key: Buffer.from(publicKey, 'base64'),
      format: 'der',
      type: 'spki',
    });
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {
    // Said below: whoever built this package gave it something else.
  }
  throw new MillpondError(
    'unavailable',
    'This package holds no usable key for updates; download Millpond anew from its page',
    { reason: 'update-key' },
  );
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined; // Signed, and no JSON: the same as a form that is not known.
  }
}
