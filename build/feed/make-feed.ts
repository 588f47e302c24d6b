import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
} from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { feedSchema } from '../../src-main/updates/feed.ts';
import type { Feed, Release, ReleaseFile, SignedFeed } from '../../src-main/updates/feed.ts';
import { compareVersions } from '../../src-main/updates/version-order.ts';
import { packageOf } from './package-names.ts';

export interface FeedOptions {
  /** The packages of one version. */
  readonly folder: string;
  readonly version: string;
  readonly date: string;
  /** Markdown. */
  readonly notes: string;
  /** The oldest version that is updated to this one in one step. */
  readonly minimumVersion: string;
  /** Put in front of each file's name; may be relative to the feed. */
  readonly baseUrl: string;
  /** Everything that was released before. */
  readonly previous?: Feed;
}

/** Adds a version to a feed, or replaces it there. Throws one sentence when the folder holds no package of it. */
export async function addRelease(options: FeedOptions): Promise<Feed> {
  const { version, date, notes, minimumVersion, previous } = options;
  const files = await filesOf(options);
  if (files.length === 0) {
    throw new Error(
      `${options.folder} holds no package of ${version}; run \`npm run pack\` first.`,
    );
  }
  const release: Release = { version, date, notes, minimumVersion, files: [...files] };
  const others = (previous?.releases ?? []).filter((one) => one.version !== version);
  const releases = [release, ...others];
  releases.sort((a, b) => compareVersions(b.version, a.version));
  return feedSchema.parse({ format: 1, serial: (previous?.serial ?? 0) + 1, releases });
}

/** `privateKey` is PEM or base64 of an Ed25519 key in PKCS#8 form. */
export function signFeed(feed: Feed, privateKey: string): SignedFeed {
  const bytes = new TextEncoder().encode(`${JSON.stringify(feed, undefined, 1)}\n`);
  return { bytes, signature: sign(null, bytes, privateKeyFrom(privateKey)).toString('base64') };
}

/** The half that packages carry as `publicKey` of `resources/updates.json`. */
export function publicKeyOf(privateKey: string): string {
  return spki(createPublicKey(privateKeyFrom(privateKey)));
}

/** A new pair: the first half goes into packages, the second stays where releases are signed. */
export function newKeys(): { readonly publicKey: string; readonly privateKey: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  return {
    publicKey: spki(publicKey),
    privateKey: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
  };
}

function spki(key: KeyObject): string {
  return key.export({ format: 'der', type: 'spki' }).toString('base64');
}

function privateKeyFrom(text: string): KeyObject {
  const trimmed = text.trim();
  const key = trimmed.startsWith('-----')
    ? createPrivateKey(trimmed)
    : createPrivateKey({ key: Buffer.from(trimmed, 'base64'), format: 'der', type: 'pkcs8' });
  if (key.asymmetricKeyType === 'ed25519') return key;
  throw new Error(
    'The key that signs updates is no Ed25519 key; make one with `npm run feed keys`.',
  );
}

async function filesOf({ folder, version, baseUrl }: FeedOptions): Promise<readonly ReleaseFile[]> {
  const names = (await readdir(folder)).toSorted();
  const files: ReleaseFile[] = [];
  for (const name of names) {
    const found = packageOf(name);
    if (found?.version !== version) continue;
    const { platform, arch, kind } = found;
    const { size: sizeBytes } = await stat(join(folder, name));
    const sha256 = await digestOf(join(folder, name));
    files.push({ platform, arch, kind, url: `${baseUrl}${name}`, sizeBytes, sha256 });
  }
  return files;
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
