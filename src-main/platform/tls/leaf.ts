// The certificate library builds on decorators and asks for this polyfill before itself.
import 'reflect-metadata';
import { createPrivateKey, webcrypto } from 'node:crypto';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import type { JsonGeneralName } from '@peculiar/x509';
import { backdatedMs, certificateAlgorithm, privateKeyPem } from './authority.ts';
import type { Authority } from './authority.ts';

/** A server certificate with its key: what `tls.createServer` and `setSecureContext` take. */
export interface Leaf {
  /** The certificate and the authority's behind it, PEM. */
  readonly cert: string;
  /** PKCS #8, PEM. Never kept on a disk. */
  readonly key: string;
  /** Host names and IP addresses that it is for. */
  readonly names: readonly string[];
  /** Epoch milliseconds. */
  readonly notAfter: number;
}

export const leafLifeMs = 90 * 24 * 60 * 60 * 1000;
/** More than any gateway has; a certificate must still fit into a handshake. */
const mostNames = 64;

/** Signs a server certificate under a key of its own, valid for 90 days from now. */
export async function issueLeaf(
  authority: Authority,
  names: readonly string[],
  now: number,
): Promise<Leaf> {
  const issuer = new X509Certificate(authority.certPem);
  const keys = await webcrypto.subtle.generateKey(certificateAlgorithm, true, ['sign', 'verify']);
  const served = [...new Set(names.map(withoutZone))].slice(0, mostNames);
  const notAfter = now + leafLifeMs;
  const certificate = await X509CertificateGenerator.create({
    subject: [{ CN: ['Millpond gateway'] }],
    issuer: issuer.subject,
    notBefore: new Date(Math.max(now - backdatedMs, issuer.notBefore.getTime())),
    notAfter: new Date(notAfter),
    publicKey: keys.publicKey,
    signingKey: await importSigningKey(authority.keyPem),
    signingAlgorithm: certificateAlgorithm,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension(served.map(alternativeName)),
      // Strict clients ask for both, and they tell authorities of one name apart.
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
      await AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ],
  });
  return {
    cert: `${certificate.toString('pem')}\n${authority.certPem}\n`,
    key: await privateKeyPem(keys.privateKey),
    names: served,
    notAfter,
  };
}

async function importSigningKey(pem: string): Promise<webcrypto.CryptoKey> {
  const der = createPrivateKey(pem).export({ type: 'pkcs8', format: 'der' });
  return webcrypto.subtle.importKey('pkcs8', der, certificateAlgorithm, false, ['sign']);
}

/** No host name has a colon, and none ends in a number. */
function alternativeName(name: string): JsonGeneralName {
  const isAddress = name.includes(':') || /^\d{1,3}(?:\.\d{1,3}){3}$/.test(name);
  return { type: isAddress ? 'ip' : 'dns', value: name };
}

/** Brackets and the zone of a link-local address belong to an address book, not to a certificate. */
function withoutZone(name: string): string {
  return name
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/%.*$/, '');
}
