import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Clock } from '../core/clock.ts';
import { MillpondError } from '../core/error.ts';
import type { HttpClient } from '../core/http.ts';
import { writeFileAtomic } from '../platform/atomic-file.ts';
import { explainFileError, fileErrorCode } from '../platform/file-error.ts';
import { isLoopbackHost } from '../platform/http/loopback.ts';
import type { Outgoing } from '../platform/http/outgoing.ts';
import { makeFolder } from '../platform/make-folder.ts';
import type { DataPaths } from '../platform/paths.ts';
import { verifyGateway } from '../tunnel/client/verify-gateway.ts';
import { fingerprintWords } from '../tunnel/identity/compare-words.ts';

interface RemoteGatewaysDeps {
  readonly paths: Pick<DataPaths, 'dataFolder'>;
  readonly outgoing: Outgoing;
  readonly clock: Clock;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const session = z.object({
  origin: z.string(),
  token: z.string(),
  /** PEM of the authority whose words were confirmed. */
  authority: z.string().optional(),
});
type Session = z.infer<typeof session>;
const sessionsFile = z.object({ version: z.literal(1), sessions: z.array(session) });

const recogniseWithinMs = 10_000;

/** Gateways elsewhere that the command line signed in at; sessions lie in a file of the owner's account. */
export function createRemoteGateways({ paths, outgoing, clock, env }: RemoteGatewaysDeps) {
  const file = join(paths.dataFolder, 'logins.json');
  const pinned = (authority: string): HttpClient => outgoing.pinnedClient(authority, 'pool');

  return {
    async chosen() {
      const url = env['MILLPOND_URL'] ?? '';
      if (url === '') return undefined;
      const origin = originOf(url);
      const known = (await readSessions(file)).find((each) => each.origin === origin);
      const key = env['MILLPOND_KEY'] ?? '';
      const token = key === '' ? known?.token : key;
      if (token === undefined) {
        throw new MillpondError(
          'unauthenticated',
          `Nobody is signed in at ${origin}; run \`millpond login ${origin}\` first`,
        );
      }
      const authority = known?.authority;
      return { origin, token, ...(authority !== undefined && { http: pinned(authority) }) };
    },

    async recognise(origin: string, signal: AbortSignal) {
      const { hostname, port } = new URL(origin);
      const address = `${hostname}:${port === '' ? '443' : port}`;
      const { register } = outgoing;
      const wayOut = {
        ...{ register, clock, protocol: 'http/1.1' as const },
        signal: AbortSignal.any([signal, AbortSignal.timeout(recogniseWithinMs)]),
      };
      const isPublic = (): Promise<unknown> =>
        verifyGateway(address, { kind: 'webpki', host: hostname }, wayOut);
      // Public authorities vouch for names.
      if (isName(hostname) && (await isPubliclyTrusted(isPublic))) return {};
      const { dialled, onlyRoot } = await verifyGateway(address, { kind: 'first-sight' }, wayOut);
      if (onlyRoot === undefined || !isItsOwn(onlyRoot)) {
        throw new MillpondError('unavailable', `${origin} is no gateway of Millpond`);
      }
      return {
        words: fingerprintWords(dialled),
        authority: onlyRoot,
        http: pinned(onlyRoot),
      };
    },

    async keep({ origin, token, authority }: Kept) {
      const others = (await readSessions(file)).filter((each) => each.origin !== origin);
      const kept: Session = { origin, token, ...(authority !== undefined && { authority }) };
      const sessions = [...others, kept];
      await makeFolder(paths.dataFolder);
      await writeFileAtomic(file, `${JSON.stringify({ version: 1, sessions }, null, 2)}\n`);
    },
  };
}

interface Kept {
  readonly origin: string;
  readonly token: string;
  readonly authority: string | undefined;
}

/** A URL writes IPv6 in brackets and every IPv4 as four numbers. */
function isName(hostname: string): boolean {
  return !/^\[|^\d+(?:\.\d+){3}$/.test(hostname);
}

/** Only a certificate that is not trusted leads on to words; who does not answer is told so at once. */
async function isPubliclyTrusted(verify: () => Promise<unknown>): Promise<boolean> {
  try {
    await verify();
    return true;
  } catch (error) {
    if (error instanceof MillpondError && error.reason === 'certificate') return false;
    throw error;
  }
}

/** An authority that vouches for itself alone: pinning one of the public ones would pin all its customers. */
function isItsOwn(pem: string): boolean {
  const certificate = new X509Certificate(pem);
  return certificate.checkIssued(certificate) && certificate.verify(certificate.publicKey);
}

/** A loopback address may be plain; everything else is https. */
function originOf(url: string): string {
  if (URL.canParse(url)) {
    const { protocol, hostname, origin } = new URL(url);
    const isLocal = protocol === 'http:' && isLoopbackHost(hostname);
    if (protocol === 'https:' || isLocal) return origin;
  }
  throw new MillpondError(
    'invalid-request',
    'MILLPOND_URL must be the https address of a gateway, such as https://pool.example.org:8443',
  );
}

async function readSessions(file: string): Promise<readonly Session[]> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (fileErrorCode(error) === 'ENOENT') return [];
    throw explainFileError(error, 'read', file);
  }
  try {
    return sessionsFile.parse(JSON.parse(text)).sessions;
  } catch {
    return []; // Written by something else: signing in again replaces it.
  }
}
