import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { MillpondError } from '../../core/error.ts';
import { explainFileError } from '../file-error.ts';

/** Where somebody keeps a certificate of their own: PEM, the server's own certificate first. */
export interface PairFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

/** A certificate with its key, as they were read. */
export interface CertificatePair {
  readonly cert: string;
  readonly key: string;
  /** Host names that it is good for, without those with a `*`. */
  readonly names: readonly string[];
  /** Also by a name with a `*`. */
  covers(serverName: string): boolean;
}

/** Reads and checks them. Throws `invalid-request` with one sentence for what no browser would take. */
export async function readCertificatePair(files: PairFiles, now: number): Promise<CertificatePair> {
  const [cert, key] = await Promise.all([readPem(files.certFile), readPem(files.keyFile)]);
  const certificate = certificateIn(cert, files.certFile);
  const privateKey = keyIn(key, files.keyFile);
  if (!certificate.checkPrivateKey(privateKey)) {
    throw refused(
      `The key in ${files.keyFile} does not belong to the certificate in ${files.certFile}`,
    );
  }
  checkDates(certificate, files.certFile, now);
  const names = namesOf(certificate);
  if (names.length === 0) {
    throw refused(`The certificate in ${files.certFile} is for no host name`);
  }
  return {
    ...{ cert, key, names: names.filter((name) => !name.includes('*')) },
    covers: (serverName) => certificate.checkHost(serverName) !== undefined,
  };
}

async function readPem(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw explainFileError(error, 'read', file);
  }
}

function certificateIn(pem: string, file: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (cause) {
    throw refused(`${file} holds no certificate in the form PEM`, cause);
  }
}

function keyIn(pem: string, file: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (cause) {
    const isLocked = pem.includes('ENCRYPTED');
    throw refused(
      isLocked
        ? `The key in ${file} is locked with a passphrase; give one that is not`
        : `${file} holds no private key in the form PEM`,
      cause,
    );
  }
}

function checkDates({ validFromDate, validToDate }: X509Certificate, file: string, now: number) {
  const day = (date: Date): string => date.toISOString().slice(0, 10);
  if (validToDate.getTime() <= now) {
    throw refused(`The certificate in ${file} expired on ${day(validToDate)}`);
  }
  if (validFromDate.getTime() > now) {
    throw refused(`The certificate in ${file} is valid from ${day(validFromDate)} on, not yet`);
  }
}

function namesOf({ subjectAltName = '' }: X509Certificate): readonly string[] {
  return subjectAltName
    .split(', ')
    .filter((name) => name.startsWith('DNS:'))
    .map((name) => name.slice('DNS:'.length).toLowerCase());
}

function refused(message: string, cause?: unknown): MillpondError {
  return new MillpondError('invalid-request', message, {
    reason: 'certificate-file',
    ...(cause !== undefined && { cause }),
  });
}
