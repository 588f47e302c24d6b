import { generateKeyPairSync } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createFakeClock } from '../../testing/fake-clock.ts';
import { ownCertificate, pairFiles } from '../../testing/own-certificate.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { readCertificatePair } from './certificate-pair.ts';
import { FollowedPair } from './followed-pair.ts';

const dayMs = 24 * 3600_000;
const now = Date.UTC(2026, 10, 22);
const valid = { from: now - dayMs, to: now + dayMs };
const good = await ownCertificate({ ...valid, names: ['ai.example.org', '*.pond.test'] });
const other = await ownCertificate({ ...valid, kind: 'ecdsa' });

describe('a certificate with its key', () => {
  test('says which names it is for, also by a name with a star', async () => {
    const pair = await readCertificatePair(pairFiles(good, temporaryFolder()), now);
    expect(pair.names).toEqual(['ai.example.org']);
    const covered = [
      'ai.example.org',
      'AI.example.org',
      'a.pond.test',
      'pond.test',
      'a.b.pond.test',
    ];
    expect(covered.map((name) => pair.covers(name))).toEqual([true, true, true, false, false]);
  });

  test('of which one half is missing or is something else is refused in one sentence', async () => {
    const sentence = async (change: (files: ReturnType<typeof pairFiles>) => void) => {
      const files = pairFiles(good, temporaryFolder());
      change(files);
      const error: unknown = await readCertificatePair(files, now).catch(
        (thrown: unknown) => thrown,
      );
      const text = error instanceof Error ? error.message : '';
      return text.replace(files.certFile, 'CERT').replace(files.keyFile, 'KEY');
    };
    const locked = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' },
    }).privateKey;
    expect(
      await Promise.all([
        sentence(({ certFile }) => rmSync(certFile)),
        sentence(({ certFile }) => writeFileSync(certFile, 'hello')),
        sentence(({ keyFile }) => writeFileSync(keyFile, 'hello')),
        sentence(({ keyFile }) => writeFileSync(keyFile, locked)),
        sentence(({ keyFile }) => writeFileSync(keyFile, other.key)),
      ]),
    ).toEqual([
      'Millpond cannot read CERT: it does not exist; check the path',
      'CERT holds no certificate in the form PEM',
      'KEY holds no private key in the form PEM',
      'The key in KEY is locked with a passphrase; give one that is not',
      'The key in KEY does not belong to the certificate in CERT',
    ]);
  });

  test.each([
    [{ ...valid, to: now - 1000 }, /expired on 2026-11-21$/],
    [{ from: now + dayMs, to: now + 2 * dayMs }, /is valid from 2026-11-23 on, not yet$/],
    [{ ...valid, names: [] }, /is for no host name$/],
  ])('that no browser would take is refused: %#', async (wish, sentence) => {
    const files = pairFiles(await ownCertificate(wish), temporaryFolder());
    await expect(readCertificatePair(files, now)).rejects.toMatchObject({
      ...{ code: 'invalid-request', reason: 'certificate-file' },
      message: expect.stringMatching(sentence) as string,
    });
  });
});

test('files that are renewed are taken; what cannot be used is told once and leaves the last good one', async () => {
  const clock = createFakeClock();
  await clock.advance(now - clock.now());
  const files = pairFiles(good, temporaryFolder());
  const told: string[] = [];
  const followed = await FollowedPair.open({
    ...{ files, clock, check: () => undefined },
    onChanged: () => told.push('changed'),
    onRefused: (message) => told.push(message.replace(files.certFile, 'CERT')),
  });
  /** Lets the clock run until what is awaited for has happened. */
  const seen = (count: number) =>
    expect
      .poll(async () => {
        await clock.advance(10_000);
        return told.length;
      })
      .toBe(count);
  writeFileSync(files.certFile, other.cert);
  await seen(1);
  expect(told[0]).toContain('does not belong to the certificate in CERT');
  expect(followed.current.cert).toBe(good.cert);
  writeFileSync(files.keyFile, other.key);
  await seen(2);
  expect(told[1]).toBe('changed');
  expect(followed.current.cert).toBe(other.cert);
  followed.close();
});
