import { MillpondError } from '../../core/error.ts';

/** Which proxies the system's environment names. */
export interface Proxies {
  readonly httpProxy?: string;
  readonly httpsProxy?: string;
  /** Hosts that are asked directly, as the environment writes them. */
  readonly noProxy: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`, lower case first as curl does; undefined where
 * no proxy is named. Throws `invalid-request` for a value that is no proxy address.
 */
export function proxiesOf(env: Environment): Proxies | undefined {
  const httpProxy = proxyIn(env, 'http_proxy');
  const httpsProxy = proxyIn(env, 'https_proxy');
  if (httpProxy === undefined && httpsProxy === undefined) return undefined;
  return {
    noProxy: read(env, 'no_proxy') ?? '',
    ...(httpProxy !== undefined && { httpProxy }),
    ...(httpsProxy !== undefined && { httpsProxy }),
  };
}

const schemes: readonly string[] = ['http:', 'https:', 'socks5:', 'socks:'];

function proxyIn(env: Environment, name: string): string | undefined {
  const value = read(env, name);
  if (value === undefined) return undefined;
  // `proxy.example:3128` alone is what curl takes too; `URL` would read its name as a scheme.
  const address = value.includes('://') ? value : `http://${value}`;
  if (URL.canParse(address) && schemes.includes(new URL(address).protocol)) return address;
  // The value may hold a password, so it is not repeated.
  throw new MillpondError(
    'invalid-request',
    `The environment variable ${name.toUpperCase()} is not the address of a proxy; write it like http://proxy.example:3128 or remove it`,
  );
}

function read(env: Environment, name: string): string | undefined {
  const value = (env[name] ?? env[name.toUpperCase()])?.trim();
  return value === '' ? undefined : value;
}
