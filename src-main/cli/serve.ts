import { resolve } from 'node:path';
import { MillpondError } from '../core/error.ts';
import type { StartMode } from '../contract/system.ts';
import type { Reach } from '../contract/pools.ts';
import { clientFor } from './connection.ts';
import type { OwnRuntime } from './ports.ts';
import type { VerbContext } from './verb.ts';

export interface ServeOptions {
  readonly port?: number;
  readonly open?: boolean;
  /** Path of a config file. */
  readonly config?: string;
  /** Holds a pool: the name of the first one, or true for the computer's own name. */
  readonly pool?: string | true;
  readonly poolPort?: number;
  /** `HOST:PORT` or a port of this machine. */
  /** Files of a certificate for the public name, and of its key. */
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly proxyListen?: string;
  readonly publicUrl?: string;
  readonly trustedProxy?: readonly string[];
  readonly userHeader?: string;
  /** CPU only, default settings, no pool, nothing goes out. */
  readonly safe?: boolean;
  /** For a copy of a data folder: a free port, and nothing goes out. */
  readonly trial?: boolean;
}

/** Runs the server until Ctrl+C or until somebody asks it to stop. */
export async function serve(context: VerbContext, options: ServeOptions): Promise<void> {
  const { deps, output } = context;
  const running = await deps.findRuntime();
  if (running) {
    output.remark(
      `Millpond is already running at ${running.origin}; \`millpond open\` signs you in.`,
    );
    if (output.isJson) output.json({ event: 'already-running', url: running.origin });
    return;
  }
  let current = await startAs(context, options);
  await announceReady(context, options, current);
  deps.onReload(() => void current.reloadConfig());
  deps.interrupted.addEventListener('abort', () => void current.stop(), { once: true });
  for (;;) {
    if (deps.interrupted.aborted) await current.stop();
    await current.stopped;
    const mode = current.restartWish();
    if (mode === undefined || deps.interrupted.aborted) break;
    if (mode === 'replaced') {
      if (output.isJson) output.json({ event: 'replaced' });
      else output.remark('Millpond was updated and starts anew.');
      process.exitCode = await deps.handOver(current.port);
      return;
    }
    // At the same address: the window that asked for it is waiting there.
    current = await startAs(context, { ...options, port: current.port }, mode);
    output.remark(
      mode === 'safe'
        ? `Started anew in safe mode at ${current.origin}.`
        : `Started anew at ${current.origin}.`,
    );
  }
  if (output.isJson) output.json({ event: 'stopped' });
}

function startAs(
  { deps }: VerbContext,
  options: ServeOptions,
  mode: StartMode = modeOf(options),
): Promise<OwnRuntime> {
  return deps.startRuntime({
    ...{ mode, loadDefaultModel: true },
    ...(options.port !== undefined && { port: options.port }),
    ...(options.config !== undefined && { configFile: resolve(options.config) }),
    ...(mode === 'normal' && poolOf(options)),
  });
}

function modeOf({ safe, trial, pool }: ServeOptions): StartMode {
  const mode = safe === true ? 'safe' : trial === true ? 'trial' : 'normal';
  if (mode === 'normal' || pool === undefined) return mode;
  throw new MillpondError(
    'invalid-request',
    `No pool is held with --${mode}; leave --pool and what belongs to it out`,
  );
}

async function announceReady(
  context: VerbContext,
  options: ServeOptions,
  runtime: OwnRuntime,
): Promise<void> {
  const { deps, output } = context;
  const loginUrl = runtime.createLoginUrl();
  const held = options.pool === undefined ? undefined : await heldBy(context, runtime);
  if (output.isJson) {
    const { port, origin } = runtime;
    output.json({ event: 'ready', pid: process.pid, port, url: origin, loginUrl, ...held });
  } else {
    if (options.safe) {
      output.line('Safe mode: CPU only, default settings, no pool, nothing leaves this machine.');
    }
    output.line(`Millpond answers at ${runtime.origin}/v1`);
    output.line(`Open the window within a minute: ${loginUrl}`);
    output.line('Later, `millpond open` prints a new address. Ctrl+C stops the server.');
    if (held !== undefined) announce(context, held);
  }
  if (options.open) await deps.openBrowser(loginUrl);
}

function poolOf(options: ServeOptions) {
  const { pool, poolPort } = options;
  const proxy = proxyOf(options);
  const certificate = certificateOf(options);
  if (pool === undefined) {
    if (certificate !== undefined) {
      throw new MillpondError(
        'invalid-request',
        'A certificate is for the port of a pool; add --pool',
      );
    }
    if (proxy === undefined) return {};
    throw new MillpondError('invalid-request', 'A proxy stands in front of a pool; add --pool');
  }
  return {
    pool: {
      ...(pool !== true && { name: pool }),
      ...(poolPort !== undefined && { port: poolPort }),
      ...(certificate && { certificate }),
      ...(proxy && { proxy }),
    },
  };
}

function certificateOf({ tlsCert, tlsKey }: ServeOptions) {
  if (tlsCert === undefined && tlsKey === undefined) return undefined;
  if (tlsCert === undefined || tlsKey === undefined) {
    throw new MillpondError(
      'invalid-request',
      'A certificate needs both --tls-cert (the certificate) and --tls-key (its key)',
    );
  }
  return { certFile: resolve(tlsCert), keyFile: resolve(tlsKey) };
}

function proxyOf({ proxyListen, publicUrl, trustedProxy = [], userHeader }: ServeOptions) {
  if (proxyListen === undefined && publicUrl === undefined) return undefined;
  if (proxyListen === undefined || publicUrl === undefined) {
    throw new MillpondError(
      'invalid-request',
      'A proxy needs both --proxy-listen (where it finds Millpond) and --public-url (where people find it)',
    );
  }
  const [, host = '127.0.0.1', port = ''] =
    /^(?:\[?([^\]]+)\]?:)?(\d{1,5})$/.exec(proxyListen) ?? [];
  if (port === '' || Number(port) > 65_535) {
    throw new MillpondError(
      'invalid-request',
      `'${proxyListen}' is no address to listen at, such as 127.0.0.1:8485`,
    );
  }
  const proxy = { host, port: Number(port), publicUrl, trusted: trustedProxy };
  return { ...proxy, ...(userHeader !== undefined && { userHeader }) };
}

interface Held {
  readonly pools: readonly string[];
  readonly publicUrls: readonly string[];
  readonly fingerprintWords: readonly string[];
  /** Absent once the gateway has been set up. */
  readonly setUpCode?: string;
}

async function heldBy({ deps }: VerbContext, runtime: OwnRuntime): Promise<Held> {
  const client = clientFor(deps, runtime);
  const { pools, reach } = await client.pools.list({});
  const { publicUrl, publicCertificate } = await client.server.status({});
  const vouched =
    publicCertificate?.kind === 'public' ? publicUrl?.replace(/\/v1$/, '') : undefined;
  const others = urlsOf(reach).filter((url) => url !== vouched);
  const setUpCode = runtime.setUpCode();
  return {
    pools: pools.map(({ name }) => name),
    // First the one that browsers take without a word.
    publicUrls: [...(vouched === undefined ? [] : [vouched]), ...others],
    fingerprintWords: reach.fingerprintWords,
    ...(setUpCode !== undefined && { setUpCode }),
  };
}

function urlsOf({ candidates }: Reach): readonly string[] {
  const others = candidates.filter(({ kind }) => kind !== 'loopback');
  return (others.length > 0 ? others : candidates).map(({ address }) => `https://${address}`);
}

/** The only time that the code is shown; a restart makes another one. */
function announce({ output }: VerbContext, held: Held): void {
  const [first = 'the public port', ...more] = held.publicUrls;
  const also = more.length === 0 ? '' : ` (also ${more.join(', ')})`;
  output.line(
    `Pool ${held.pools.map((name) => `"${name}"`).join(', ')} is open at ${first}${also}`,
  );
  output.line(`Words of its certificate: ${held.fingerprintWords.join(' ')}`);
  if (held.setUpCode === undefined) return;
  output.line(`Set it up there in a browser with this code: ${held.setUpCode}`);
  output.line('Until then nobody else gets anything but the set-up page.');
}
