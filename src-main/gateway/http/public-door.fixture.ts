import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request as requestTls } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { GatewayDeps } from '../../app/gateway-deps.ts';
import type { ProxyListen } from '../../app/pool/public-door.ts';
import { createSessionHandlers } from '../../app/control/session-handlers.ts';
import { createAuthority, spkiHash } from '../../platform/tls/authority.ts';
import { fixtureHandlers, startGateway } from '../../testing/gateway-fixture.ts';
import type { GatewayFixture } from '../../testing/gateway-fixture.ts';
import { noPools } from '../../testing/no-pools.ts';
import { createScriptedBackend, saying } from '../../testing/scripted-backend.ts';

export const password = 'correct horse battery';
/** Signs every gateway of a test file. */
export const authority = await createAuthority({ now: Date.now() });

export interface PublicDoor extends GatewayFixture {
  readonly publicPort: number;
  /** Holds the window and `ca.pem`. */
  readonly folder: string;
  readonly visit: (request: Visit) => Promise<Answer>;
}

export interface Visit {
  readonly path: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
}

/** A real gateway with its public port open on a free port; stopped when the test is over. */
export async function openPublicDoor(
  changes: Partial<GatewayDeps> = {},
  isHeadless = false,
  proxy?: ProxyListen,
): Promise<PublicDoor> {
  const folder = windowFolder();
  const fixture = await startGateway(
    createScriptedBackend(() => saying('Hi')),
    {
      rendererFolder: folder,
      pool: {
        ...noPools,
        identity: { gatewayId: 'g', authority, spki: spkiHash(authority.certPem) },
        publicNames: () => ['pool.example.org', '127.0.0.1'],
        isHeadless,
        ...(proxy && { proxy }),
      },
      handlers: (gateway) => ({
        ...fixtureHandlers(gateway),
        session: createSessionHandlers(gateway),
      }),
      ...changes,
    },
  );
  onTestFinished(() => fixture.gateway.stop());
  await fixture.gateway.door.open(0);
  const publicPort = fixture.gateway.door.port ?? 0;
  return { ...fixture, folder, publicPort, visit: (request) => visitPort(publicPort, request) };
}

function windowFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'millpond-window-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Millpond</title>');
  writeFileSync(join(folder, 'ca.pem'), authority.certPem);
  return folder;
}

function visitPort(port: number, { path, method = 'GET', headers, body }: Visit): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = requestTls(
      {
        ...{ host: '127.0.0.1', port, path, method, agent: false, ca: authority.certPem },
        servername: 'pool.example.org',
        headers: { ...(body !== undefined && jsonBody(body)), ...headers },
      },
      (incoming) => {
        const pieces: Buffer[] = [];
        incoming.on('data', (piece: Buffer) => pieces.push(piece));
        incoming.on('end', () => {
          resolve({
            status: incoming.statusCode ?? 0,
            headers: incoming.headers,
            text: Buffer.concat(pieces).toString('utf8'),
          });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

const jsonBody = (body: string) => ({
  'content-type': 'application/json',
  'content-length': Buffer.byteLength(body).toString(),
});

export const post = (path: string, body: object, headers: Record<string, string> = {}): Visit => ({
  ...{ path, headers, method: 'POST', body: JSON.stringify(body) },
});
