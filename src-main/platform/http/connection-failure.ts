import { MillpondError } from '../../core/error.ts';

/** Finer codes of `unavailable` for a connection that failed. */
export type ConnectionFailureReason =
  'refused' | 'name-unknown' | 'certificate' | 'not-tls' | 'timeout' | 'proxy' | 'broken-off';

const explanations: Readonly<Record<ConnectionFailureReason, string>> = {
  refused: 'nothing answers at that address',
  'name-unknown': 'its name is not known; check the spelling and the network',
  certificate:
    'its certificate is not trusted here; check the address and the date of this computer, or let NODE_EXTRA_CA_CERTS name the certificate of your network',
  'not-tls': 'it does not speak TLS; try http:// instead of https://',
  timeout: 'it did not answer in time; try again later',
  proxy: 'the proxy refused to connect; check HTTPS_PROXY',
  'broken-off': 'the connection broke off; try again',
};

const reasons: Readonly<Record<string, ConnectionFailureReason>> = {
  ECONNREFUSED: 'refused',
  EHOSTUNREACH: 'refused',
  ENETUNREACH: 'refused',
  EHOSTDOWN: 'refused',
  ENOTFOUND: 'name-unknown',
  EAI_AGAIN: 'name-unknown',
  ETIMEDOUT: 'timeout',
  UND_ERR_CONNECT_TIMEOUT: 'timeout',
  ERR_SSL_WRONG_VERSION_NUMBER: 'not-tls',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'not-tls',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'certificate',
  SELF_SIGNED_CERT_IN_CHAIN: 'certificate',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'certificate',
  UNABLE_TO_GET_ISSUER_CERT: 'certificate',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'certificate',
  CERT_SIGNATURE_FAILURE: 'certificate',
  CERT_HAS_EXPIRED: 'certificate',
  CERT_NOT_YET_VALID: 'certificate',
  ERR_TLS_CERT_ALTNAME_INVALID: 'certificate',
  UND_ERR_PRX_TLS: 'proxy',
  UND_ERR_PRX_CONN: 'proxy',
};

/** One sentence for a request that got no answer. */
export function unreachable(host: string, cause: unknown): MillpondError {
  const reason = reasonOf(cause);
  const message =
    reason === undefined
      ? `${host} cannot be reached`
      : `${host} cannot be reached: ${explanations[reason]}`;
  return new MillpondError('unavailable', message, { cause, ...(reason && { reason }) });
}

/** One sentence for an answer that ended before its end. */
export function brokenOff(host: string, cause: unknown): MillpondError {
  const message = `${host} broke off in the middle of its answer`;
  return new MillpondError('unavailable', message, { cause, reason: 'broken-off' });
}

/** Whether no byte of the request can have left, because there was no connection to send it on. */
export function neverConnected(cause: unknown): boolean {
  const reason = reasonOf(cause);
  return reason !== undefined && reason !== 'broken-off';
}

function reasonOf(cause: unknown): ConnectionFailureReason | undefined {
  const code = codeOf(cause);
  if (code === undefined) return undefined;
  if (code === 'UND_ERR_ABORTED' && isProxyRefusal(cause)) return 'proxy';
  if (code === 'ECONNRESET' || code === 'EPIPE' || code === 'UND_ERR_SOCKET') return 'broken-off';
  return reasons[code];
}

/** undici tells a proxy's refusal to tunnel from an abort by its text alone. */
function isProxyRefusal(cause: unknown): boolean {
  return cause instanceof Error && cause.message.startsWith('Proxy response');
}

function codeOf(cause: unknown): string | undefined {
  if (!(cause instanceof Error)) return undefined;
  // Several addresses were tried: they failed alike, or the first failure is as good as any.
  if (cause instanceof AggregateError && !('code' in cause)) return codeOf(cause.errors[0]);
  if ('code' in cause && typeof cause.code === 'string') return cause.code;
  return codeOf(cause.cause);
}
