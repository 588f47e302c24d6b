import { Server, ServerCredentials } from '@grpc/grpc-js';
import type { ServerDuplexStream } from '@grpc/grpc-js';
import { createAuthority, spkiHash } from '../../platform/tls/authority.ts';
import { issueLeaf } from '../../platform/tls/leaf.ts';
import { TunnelServiceService } from '../gen/millpond/tunnel/v1/tunnel.ts';
import type { ControlRequest, ControlResponse } from '../gen/millpond/tunnel/v1/tunnel.ts';
import type { GatewayAddress } from '../ports.ts';
import { openTlsDoor } from './gateway.fixture.ts';

export type ScriptedControl = ServerDuplexStream<ControlRequest, ControlResponse>;

/** A gateway whose Control stream says whatever a test wants, also what none of ours would. */
export async function openScriptedGateway(
  control: (stream: ScriptedControl) => void,
): Promise<{ readonly address: GatewayAddress; close(): Promise<void> }> {
  const authority = await createAuthority({ now: Date.now() });
  const leaf = await issueLeaf(authority, ['localhost'], Date.now());
  const server = new Server();
  server.addService(
    { control: TunnelServiceService.control },
    {
      control(stream: ScriptedControl) {
        stream.on('end', () => stream.end());
        control(stream);
        stream.resume();
      },
    },
  );
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  const door = await openTlsDoor(leaf, (socket) => {
    injector.injectConnection(socket);
  });
  const trust = { kind: 'pin', spki: spkiHash(authority.certPem) } as const;
  return {
    address: { candidates: [`127.0.0.1:${door.port}`], trust },
    async close() {
      server.forceShutdown();
      injector.destroy();
      await door.close();
    },
  };
}
