import type { AddressInfo, Socket } from 'node:net';
import { createServer } from 'node:tls';
import type { InferenceBackend } from '../../core/inference.ts';
import { silentLogger } from '../../platform/logger.ts';
import { systemClock } from '../../platform/system-clock.ts';
import { createAuthority, spkiHash } from '../../platform/tls/authority.ts';
import type { Authority } from '../../platform/tls/authority.ts';
import { issueLeaf } from '../../platform/tls/leaf.ts';
import { createScriptedBackend, saying } from '../../testing/scripted-backend.ts';
import type { GatewayAddress, KnownMembership } from '../ports.ts';
import { createTunnelServer } from '../server/tunnel-server.ts';
import type { TunnelServer, TunnelServerOptions } from '../server/tunnel-server.ts';
import { MemoryGate } from './memory-gate.fixture.ts';

/** A gateway on a real TLS port of loopback. */
export interface TestGateway {
  readonly port: number;
  readonly pin: string;
  readonly address: GatewayAddress;
  readonly authority: Authority;
  readonly server: TunnelServer;
  readonly gate: MemoryGate;
  close(): Promise<void>;
}

export interface TestGatewayOptions {
  readonly authority?: Authority;
  readonly port?: number;
  readonly memberships?: Map<string, KnownMembership>;
  /** How far the gateway's clock is ahead. */
  readonly aheadMs?: number;
  /** What members get for an answer. */
  readonly backend?: InferenceBackend;
  readonly server?: Partial<TunnelServerOptions>;
  readonly names?: readonly string[];
}

export async function openTestGateway(options: TestGatewayOptions = {}): Promise<TestGateway> {
  const now = Date.now() + (options.aheadMs ?? 0);
  const authority = options.authority ?? (await createAuthority({ now }));
  const pin = spkiHash(authority.certPem);
  const leaf = await issueLeaf(authority, options.names ?? ['localhost', '127.0.0.1'], now);
  const backend = options.backend ?? createScriptedBackend(() => saying('from', ' the', ' pool'));
  const gate = new MemoryGate(backend, options.memberships);
  const server = createTunnelServer({
    gate,
    ownNames: () => [pin, ...(options.names ?? [])],
    clock: systemClock,
    logger: silentLogger,
    ...options.server,
  });
  const door = await openTlsDoor({ ...leaf, port: options.port ?? 0 }, (socket) => {
    server.handleSocket(socket);
  });
  return {
    port: door.port,
    pin,
    address: { candidates: [`127.0.0.1:${door.port}`], trust: { kind: 'pin', spki: pin } },
    authority,
    server,
    gate,
    async close() {
      server.close();
      await door.close();
    },
  };
}

export interface TlsDoor {
  readonly port: number;
  /** Bytes that came after a handshake. */
  readonly receivedBytes: number;
  /** Connections that came, whether or not they got any further. */
  readonly connections: number;
  /** How many came first. */
  readonly firstBytes: Promise<number>;
  close(): Promise<void>;
}

/** A TLS port of loopback that counts what it is told. Without `take` it only listens. */
export async function openTlsDoor(
  options: { readonly cert: string; readonly key: string; readonly port?: number },
  take?: (socket: Socket) => void,
): Promise<TlsDoor> {
  const { cert, key } = options;
  const sockets = new Set<Socket>();
  let receivedBytes = 0;
  let connections = 0;
  const first = Promise.withResolvers<number>();
  const server = createServer({ cert, key, ALPNProtocols: ['h2'] }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    if (take !== undefined) take(socket);
    else {
      socket.on('data', ({ byteLength }: Buffer) => {
        receivedBytes += byteLength;
        first.resolve(byteLength);
      });
    }
  });
  server.on('connection', () => (connections += 1));
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    get receivedBytes() {
      return receivedBytes;
    },
    get connections() {
      return connections;
    },
    firstBytes: first.promise,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
