// The certificate library builds on decorators and asks for this polyfill before itself.
import 'reflect-metadata';
import { createHash, webcrypto, X509Certificate } from 'node:crypto';
import {
  BasicConstraintsExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';

/** A gateway's own certificate authority, as it is kept. Its key is a secret. */
export interface Authority {
  /** Invites pin the hash of its public key, so it stays the same for the gateway's whole life. */
  readonly certPem: string;
  /** PKCS #8. */
  readonly keyPem: string;
}

const dayMs = 24 * 60 * 60 * 1000;
/** Certificates begin so long ago that a device whose clock is behind still connects. */
export const backdatedMs = 365 * dayMs;
const authorityLifeMs = 20 * 365 * dayMs;

/** Chromium refuses Ed25519 certificates, so the curve is one that everybody takes. */
export const certificateAlgorithm = {
  name: 'ECDSA',
  namedCurve: 'P-256',
  hash: 'SHA-256',
} as const;

/** Makes a certificate authority; keeping it is the caller's. */
export async function createAuthority(options: {
  /** Epoch milliseconds. */
  readonly now: number;
  /** Whose it is; shown by tools that list certificates. */
  readonly name?: string;
}): Promise<Authority> {
  const keys = await webcrypto.subtle.generateKey(certificateAlgorithm, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [options.name ?? 'Millpond'] }],
    notBefore: new Date(options.now - backdatedMs),
    notAfter: new Date(options.now + authorityLifeMs),
    keys,
    signingAlgorithm: certificateAlgorithm,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certPem: certificate.toString('pem'), keyPem: await privateKeyPem(keys.privateKey) };
}

/** SHA-256 of a certificate's public key (its SubjectPublicKeyInfo), base64url: what an invite pins. */
export function spkiHash(certificate: string | Uint8Array): string {
  const { publicKey } = new X509Certificate(certificate);
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64url');
}

/** PKCS #8 in PEM. */
export async function privateKeyPem(key: webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key));
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN PRIVATE KEY-----', ...lines, '-----END PRIVATE KEY-----', ''].join('\n');
}
