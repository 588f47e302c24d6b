import type { FastifyInstance } from 'fastify';
import type { Clock } from '../../core/clock.ts';
import type { ProxyTerms } from '../../gateway/http/proxied.ts';
import { openProxyPort } from '../../gateway/http/proxy-port.ts';
import type { ProxyPort } from '../../gateway/http/proxy-port.ts';
import { checkUsable, openPublicPort } from '../../gateway/http/public-port.ts';
import type { PublicPort } from '../../gateway/http/public-port.ts';
import type { GatewayIdentity } from '../../gateway/people/gateway-identity.ts';
import type { Logger } from '../../platform/logger.ts';
import type { CertificatePair, PairFiles } from '../../platform/tls/certificate-pair.ts';
import { FollowedPair } from '../../platform/tls/followed-pair.ts';
import { LeafRotation } from '../../platform/tls/leaf-rotation.ts';
import type { TunnelGate } from '../../tunnel/ports.ts';
import type { Arrival } from '../../tunnel/reach/ports.ts';
import { createTunnelServer } from '../../tunnel/server/tunnel-server.ts';
import type { TunnelServer, TunnelServerOptions } from '../../tunnel/server/tunnel-server.ts';

export interface PublicDoorDeps {
  readonly identity: GatewayIdentity;
  readonly gate: TunnelGate;
  /** The server that answers HTTP/1.1; the one that listens on loopback. */
  readonly server: () => FastifyInstance['server'];
  /** Host names and addresses that the certificate is good for. */
  readonly names: () => readonly string[];
  /** Somebody came in: what is known about reachability. */
  readonly onArrival: (arrival: Arrival) => void;
  /** Every address of this machine if absent. */
  readonly host?: string;
  /**
   * Where a certificate of somebody else's lies, for whoever comes by its name; undefined: nowhere. Asked
   * when the port opens; what it throws keeps it closed.
   */
  readonly certificateFiles?: () => PairFiles | undefined;
  /** A plain port besides, for a reverse proxy; absent: none. */
  readonly proxy?: ProxyListen;
  /** Another pace than usual, or a fault on purpose: for the chaos suite. */
  readonly tunnel?: TunnelTuning;
  readonly clock: Clock;
  readonly logger: Logger;
}

export type TunnelTuning = Pick<TunnelServerOptions, 'timing' | 'limits' | 'faults'>;

/** Where a reverse proxy finds this gateway, and how much of what it says counts. */
export interface ProxyListen extends ProxyTerms {
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
}

/** What is open while there is somebody to let in. */
interface OpenDoor {
  readonly port: PublicPort;
  readonly proxy?: ProxyPort;
  readonly tunnel: TunnelServer;
  readonly rotation: LeafRotation;
  readonly named?: FollowedPair;
}

const certificatesOf = ({ cert, key }: LeafRotation['leaf']) => ({ cert, key });

/** The public TLS port with the tunnel behind it: closed until the first pool, and after the last. */
export class PublicDoor {
  private readonly deps: PublicDoorDeps;
  private readonly listeners = new Set<() => void>();
  private current: OpenDoor | undefined;
  /** Opening and closing happen one after the other. */
  private turn: Promise<unknown> = Promise.resolve();

  constructor(deps: PublicDoorDeps) {
    this.deps = deps;
  }

  get port(): number | undefined {
    return this.current?.port.port;
  }

  /** Of the plain port for a reverse proxy; undefined while there is none. */
  get proxyPort(): number | undefined {
    return this.current?.proxy?.port;
  }

  /** Of somebody else's certificate, while the port is open with one. */
  get certificate(): CertificatePair | undefined {
    return this.current?.named?.current;
  }

  get tunnel(): TunnelServer | undefined {
    return this.current?.tunnel;
  }

  onChanged(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** Opens the port, or does nothing while it is open. Rejects with `conflict` when it is taken. */
  open(port: number): Promise<void> {
    return this.inTurn(async () => {
      if (this.current !== undefined) return;
      this.current = await this.unlock(port);
      this.deps.logger.info({ port: this.port }, 'the public port is open');
    });
  }

  /** Asks machines to come back later, lets their answers end, closes. */
  close(reason: string): Promise<void> {
    return this.inTurn(async () => {
      const { current } = this;
      if (current === undefined) return;
      this.current = undefined;
      current.rotation.close();
      current.named?.close();
      await current.tunnel.drain(reason);
      await Promise.all([current.port.close(), current.proxy?.close()]);
    });
  }

  /** The machine has other names or addresses now. */
  async namesChanged(): Promise<void> {
    await this.current?.rotation.refresh();
  }

  private async unlock(port: number): Promise<OpenDoor> {
    const { identity, gate, server, names, host, clock, logger } = this.deps;
    const renewed = new Set<() => void>();
    // First of all: a file that cannot be used is the first thing to be told.
    const named = await this.followCertificate(renewed);
    const rotated = new Set<() => void>();
    const rotation = await LeafRotation.open({
      authority: identity.authority,
      ...{ names, clock },
      onRotated: () => {
        for (const listener of rotated) listener();
      },
      onFailure: (error) => {
        logger.error({ err: error }, 'the certificate of the public port was not renewed');
      },
    });
    const tunnel = createTunnelServer({
      ...{ gate, clock, logger, ...this.deps.tunnel },
      ownNames: () => [identity.spki, ...names()],
    });
    try {
      const open = await openPublicPort({
        ...{ port, logger, server: server() },
        ...(host !== undefined && { host }),
        tls: {
          current: () => certificatesOf(rotation.leaf),
          onRotated(listener) {
            rotated.add(listener);
            return () => void rotated.delete(listener);
          },
        },
        ...(named && {
          named: {
            current: () => ({ cert: named.current.cert, key: named.current.key }),
            covers: (name: string) => named.current.covers(name),
            onRotated: (listener: () => void) => {
              renewed.add(listener);
              return () => void renewed.delete(listener);
            },
          },
        }),
        onArrival: this.deps.onArrival,
        onH2Socket: (socket) => {
          tunnel.handleSocket(socket);
        },
      });
      const proxy = await this.openForProxy(tunnel).catch(async (error: unknown) => {
        await open.close();
        throw error;
      });
      return { port: open, tunnel, rotation, ...(proxy && { proxy }), ...(named && { named }) };
    } catch (error) {
      named?.close();
      rotation.close();
      tunnel.close();
      throw error;
    }
  }

  private async followCertificate(
    renewed: ReadonlySet<() => void>,
  ): Promise<FollowedPair | undefined> {
    const { certificateFiles, clock, logger } = this.deps;
    const files = certificateFiles?.();
    if (files === undefined) return undefined;
    return FollowedPair.open({
      ...{ files, clock, check: checkUsable },
      onChanged: () => {
        logger.info({ file: files.certFile }, 'the certificate of the public name was renewed');
        for (const listener of [...renewed, ...this.listeners]) listener();
      },
      onRefused: (message) => {
        logger.error({ reason: message }, 'a new certificate cannot be used; the last one stays');
      },
    });
  }

  private async openForProxy(tunnel: TunnelServer): Promise<ProxyPort | undefined> {
    const { proxy, server, logger } = this.deps;
    if (proxy === undefined) return undefined;
    return openProxyPort({
      ...{ ...proxy, server: server(), logger },
      onH2Socket: (socket) => {
        tunnel.handleSocket(socket);
      },
    });
  }

  private inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.turn.then(work).finally(() => {
      for (const listener of this.listeners) listener();
    });
    this.turn = done.catch(() => {});
    return done;
  }
}
