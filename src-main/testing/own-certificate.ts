// The certificate library builds on decorators and asks for this polyfill before itself.
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SubjectAlternativeNameExtension, X509CertificateGenerator } from '@peculiar/x509';
import type { PairFiles } from '../platform/tls/certificate-pair.ts';
import { privateKeyPem } from '../platform/tls/authority.ts';

const dayMs = 24 * 3600_000;
const rsa = {
  ...{ name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: 2048 },
  publicExponent: new Uint8Array([1, 0, 1]),
};
const algorithms = { rsa, ecdsa: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } };

interface OwnCertificate {
  readonly cert: string;
  readonly key: string;
}

/** A certificate as an owner brings it; who trusts it names it as its own authority. */
export async function ownCertificate({
  names = ['localhost'],
  kind = 'rsa',
  from = Date.now() - dayMs,
  to = Date.now() + 90 * dayMs,
  bits = 2048,
}: {
  readonly names?: readonly string[];
  /** RSA is another kind of key than the gateway's own. */
  readonly kind?: 'rsa' | 'ecdsa';
  /** Epoch milliseconds, to the second. */
  readonly from?: number;
  readonly to?: number;
  /** Of an RSA key. */
  readonly bits?: number;
} = {}): Promise<OwnCertificate> {
  const algorithm = kind === 'rsa' ? { ...algorithms.rsa, modulusLength: bits } : algorithms[kind];
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: [{ CN: ['somebody else'] }],
    notBefore: new Date(from),
    notAfter: new Date(to),
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new SubjectAlternativeNameExtension(names.map((value) => ({ type: 'dns', value }))),
    ],
  });
  return { cert: certificate.toString('pem'), key: await privateKeyPem(keys.privateKey) };
}

/** The two in files of a folder. */
export function pairFiles({ cert, key }: OwnCertificate, folder: string): PairFiles {
  const files = { certFile: join(folder, 'site.pem'), keyFile: join(folder, 'site.key') };
  writeFileSync(files.certFile, cert);
  writeFileSync(files.keyFile, key);
  return files;
}
