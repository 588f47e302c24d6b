import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Finding } from '../../contract/first-aid.ts';
import { explainFileError } from '../../platform/file-error.ts';
import { readCertificatePair } from '../../platform/tls/certificate-pair.ts';
import type { PairFiles } from '../../platform/tls/certificate-pair.ts';
import { MillpondError } from '../../core/error.ts';
import type { Check } from '../examine.ts';
import { byGoingTo, ok, problem, warning } from '../finding.ts';
import { day, sentence } from '../format.ts';

interface CertificateDeps {
  /** The owner's own certificate for the public name; undefined without one. */
  readonly files: () => PairFiles | undefined;
  /** Host name that others are told; empty for none. */
  readonly publicName: () => string;
  readonly now: () => number;
}

const soonMs = 14 * 24 * 60 * 60_000;
const fix = byGoingTo('/settings/server');

export function checkCertificate({ files, publicName, now }: CertificateDeps): Check {
  return {
    about: 'the certificate of the public name',
    limitMs: 5000,
    async run() {
      const pair = files();
      if (pair === undefined) return [];
      const certificate = await readCertificate(pair.certFile);
      if (!(certificate instanceof X509Certificate)) return [certificate];
      const values = { file: pair.certFile, until: day(certificate.validToDate) };
      const left = certificate.validToDate.getTime() - now();
      if (left <= 0) return [problem('certificate-expired', { values, fix })];
      const unusable = await whyUnusable(pair, now());
      if (unusable !== undefined) return [unusable];
      const name = publicName();
      if (name !== '' && certificate.checkHost(name) === undefined) {
        const more = { values: { file: pair.certFile, name }, fix };
        return [problem('certificate-other-name', more)];
      }
      if (left < soonMs) return [warning('certificate-soon', { values, fix })];
      return [ok('certificate', { until: values.until })];
    },
  };
}

async function readCertificate(file: string): Promise<X509Certificate | Finding> {
  try {
    return new X509Certificate(await readFile(file));
  } catch (error) {
    const reason = sentence(explainFileError(error, 'read', file).message);
    return problem('certificate-unusable', { values: { reason }, fix });
  }
}

async function whyUnusable(pair: PairFiles, now: number): Promise<Finding | undefined> {
  try {
    await readCertificatePair(pair, now);
    return undefined;
  } catch (error) {
    const reason = sentence(MillpondError.from(error).message);
    return problem('certificate-unusable', { values: { reason }, fix });
  }
}
