import { isAbsolute } from 'node:path';
import type { Settings } from '../../contract/settings.ts';
import { MillpondError } from '../../core/error.ts';
import type { PairFiles } from '../../platform/tls/certificate-pair.ts';

/** Undefined where the settings name none; throws `invalid-request` for half of a pair or of a path. */
export function certificateFilesOf({
  tlsCert: certFile,
  tlsKey: keyFile,
}: Pick<Settings, 'tlsCert' | 'tlsKey'>): PairFiles | undefined {
  if (certFile === '' && keyFile === '') return undefined;
  if (certFile === '' || keyFile === '') {
    throw new MillpondError(
      'invalid-request',
      'A certificate needs both tlsCert (the certificate) and tlsKey (its key)',
      { param: certFile === '' ? 'tlsCert' : 'tlsKey' },
    );
  }
  for (const [param, path] of [
    ['tlsCert', certFile],
    ['tlsKey', keyFile],
  ] as const) {
    if (isAbsolute(path)) continue;
    throw new MillpondError('invalid-request', `${param} must be a whole path, not '${path}'`, {
      param,
    });
  }
  return { certFile, keyFile };
}
