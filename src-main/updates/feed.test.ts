import { generateKeyPairSync, sign } from 'node:crypto';
import { expect, test } from 'vitest';
import { readFeed } from './feed.ts';

const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const ours = publicKey.export({ format: 'der', type: 'spki' }).toString('base64');

const feed = {
  format: 1,
  serial: 7,
  releases: [
    {
      ...{ version: '0.2.0', date: '2026-11-22', notes: '- more', minimumVersion: '0.1.0' },
      files: [
        {
          ...{ platform: 'linux', arch: 'x64', kind: 'folder', url: 'a.tar.gz' },
          ...{ sizeBytes: 5, sha256: 'a'.repeat(64) },
        },
      ],
    },
  ],
};

function signed(content: unknown, key = privateKey) {
  const bytes = new TextEncoder().encode(JSON.stringify(content));
  return { bytes, signature: sign(null, bytes, key).toString('base64') };
}

test('UPDATE: a feed with our signature is read, whatever a later version adds to it', () => {
  const read = readFeed(signed({ ...feed, added: 'later' }), ours);
  expect(read).toEqual(feed);
});

test('UPDATE: a feed is refused with another key, one changed byte, or half a signature', () => {
  const right = signed(feed);
  const other = signed(feed, generateKeyPairSync('ed25519').privateKey);
  const changed = { ...right, bytes: Uint8Array.from(right.bytes) };
  changed.bytes[20] = (changed.bytes[20] ?? 0) ^ 1;
  const half = { ...right, signature: right.signature.slice(0, 40) };
  for (const wrong of [other, changed, half, { ...right, signature: '' }]) {
    expect(() => readFeed(wrong, ours)).toThrow(
      expect.objectContaining({ code: 'forbidden', reason: 'update-signature' }),
    );
  }
});

test('UPDATE: what is signed and makes no sense is refused in a sentence', () => {
  const file = { ...feed.releases[0]?.files[0], url: 'b', sha256: 'short' };
  const strange = [
    ...['no feed', { ...feed, format: 2 }, { ...feed, releases: [] }],
    { ...feed, releases: [{ ...feed.releases[0], version: 'newest' }] },
    { ...feed, releases: [{ ...feed.releases[0], files: [file] }] },
  ];
  for (const content of strange) {
    expect(() => readFeed(signed(content), ours)).toThrow('does not know');
  }
  const notJson = new TextEncoder().encode('<html>');
  const signature = sign(null, notJson, privateKey).toString('base64');
  expect(() => readFeed({ bytes: notJson, signature }, ours)).toThrow('does not know');
});

test('UPDATE: a package with a key of another kind says so', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey;
  for (const key of [rsa.export({ format: 'der', type: 'spki' }).toString('base64'), 'none']) {
    expect(() => readFeed(signed(feed), key)).toThrow('no usable key');
  }
});
