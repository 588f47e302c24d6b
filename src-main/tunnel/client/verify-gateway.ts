import type { X509Certificate } from 'node:crypto';
import type { Clock } from '../../core/clock.ts';
import { MillpondError } from '../../core/error.ts';
import { unreachable } from '../../platform/http/connection-failure.ts';
import type { ConnectionRegister, Contact } from '../../platform/http/connection-register.ts';
import { createLocalNames } from '../../platform/http/local-names.ts';
import { isLoopbackAddress } from '../../platform/http/loopback.ts';
import { spkiHash } from '../../platform/tls/authority.ts';
import type { GatewayAddress } from '../ports.ts';
import { TunnelRefusal } from '../refusal.ts';
import { learnPeerChain, parseAddress, serverNameOf } from './peer-chain.ts';
import type { PeerChain, TlsAddress } from './peer-chain.ts';

/** `first-sight` takes whoever answers: for asking to join, where people compare words instead. */
export type GatewayTrust = GatewayAddress['trust'] | { readonly kind: 'first-sight' };

/** An address whose owner proved to be the gateway that is meant. Nothing was sent to it yet. */
export interface VerifiedGateway {
  readonly address: string;
  /** As the register of connections lists it. */
  readonly host: string;
  /** It is this machine itself, as the connection has shown. */
  readonly isLoopback: boolean;
  /** What signatures are bound to: the CA's pin, or the verified host name. */
  readonly dialled: string;
  readonly serverName: string;
  /** PEM of the only authority that the channel trusts; absent: the public ones, and the name counts. */
  readonly onlyRoot?: string;
  /** PEM in place of the public authorities. */
  readonly publicRoots?: string;
  /** Counts the bytes of the channel. */
  readonly contact: Contact;
}

/** How this machine goes out: what every way to a gateway asks first. */
export interface WayOut {
  readonly register: ConnectionRegister;
  readonly clock: Clock;
  /** PEM in place of the public authorities that this computer trusts; for private networks and tests. */
  readonly publicRoots?: string;
  /** What is going to be spoken; the tunnel's if absent. */
  readonly protocol?: 'h2' | 'http/1.1';
}

const localNames = createLocalNames();

/**
 * Proves who answers at `address` on a bare TLS connection, before a channel exists. Throws
 * `unavailable` with the reason of a failed connection, `forbidden` with `local-only`, or a
 * `TunnelRefusal` with `wrong-gateway`: then the stranger got nothing but a handshake.
 */
export async function verifyGateway(
  address: string,
  trust: GatewayTrust,
  { register, clock, publicRoots, protocol, signal }: WayOut & { readonly signal: AbortSignal },
): Promise<VerifiedGateway> {
  const target = parseAddress(address);
  if (target === undefined) {
    throw new MillpondError('unavailable', `${address} is no address of the form host:port`);
  }
  const addresses = await localNames.addressesOf(target.host);
  const destination = { host: registeredAs(target), isLoopback: addresses.length > 0 };
  const contact = register.admit(destination, 'pool');
  const serverName = trust.kind === 'webpki' ? trust.host : serverNameOf(target.host);
  const chain = await learnPeerChain(target, {
    serverName,
    verify: trust.kind === 'webpki' ? 'public' : 'nothing',
    ...(publicRoots !== undefined && { publicRoots }),
    ...(protocol !== undefined && { protocol }),
    signal,
  }).catch((error: unknown) => {
    throw unreachable(address, error);
  });
  const isLoopback = isLoopbackAddress(chain.remoteAddress);
  register.located({ host: destination.host, isLoopback });
  const found = { address, host: destination.host, isLoopback, serverName, contact };
  if (trust.kind === 'webpki') {
    return { ...found, dialled: trust.host, ...(publicRoots !== undefined && { publicRoots }) };
  }
  const authority = authorityOf(chain, trust);
  if (authority === undefined) throw wrongGateway(address);
  checkDates(chain, address, clock.now());
  return { ...found, dialled: spkiHash(authority.raw), onlyRoot: authority.toString() };
}

/** The authority that signed what the server showed, when it is the pinned one. */
function authorityOf(
  { certificates }: PeerChain,
  trust: Exclude<GatewayTrust, { kind: 'webpki' }>,
): X509Certificate | undefined {
  const leaf = certificates[0];
  return certificates.find(
    (certificate) =>
      certificate.ca &&
      leaf !== undefined &&
      (trust.kind === 'first-sight' || spkiHash(certificate.raw) === trust.spki) &&
      leaf.checkIssued(certificate) &&
      leaf.verify(certificate.publicKey),
  );
}

/** The channel would refuse such a certificate too, but could not say why. */
function checkDates({ certificates }: PeerChain, address: string, now: number): void {
  const isValid = certificates.every(
    ({ validFromDate, validToDate }) =>
      validFromDate.getTime() <= now && now <= validToDate.getTime(),
  );
  if (isValid) return;
  const sentence = `${address} cannot be reached: its certificate is not valid on the date of this computer; check the date of both computers`;
  throw new MillpondError('unavailable', sentence, { reason: 'certificate' });
}

function wrongGateway(address: string): TunnelRefusal {
  return new TunnelRefusal(
    'wrong-gateway',
    `At ${address} answers another gateway than the invite names, so nothing was sent to it; ask the pool's owner for a new invite`,
  );
}

/** As the register lists hosts: without the port where it is the usual one. */
function registeredAs({ host, port }: TlsAddress): string {
  const name = host.includes(':') ? `[${host}]` : host;
  return port === 443 ? name : `${name}:${port}`;
}
