import { getCACertificates } from 'node:tls';
import { credentials, makeGenericClientConstructor } from '@grpc/grpc-js';
import type { ChannelCredentials, MethodDefinition } from '@grpc/grpc-js';
import type { Contact } from '../../platform/http/connection-register.ts';
import { TunnelServiceClient, TunnelServiceService } from '../gen/millpond/tunnel/v1/tunnel.ts';
import { channelOptions } from '../wire/protocol.ts';
import type { VerifiedGateway } from './verify-gateway.ts';

/**
 * A channel of its own to a gateway that was verified just now. It trusts nothing but what was
 * verified, so that a stranger who took the address meanwhile gets no byte either. Close it after use.
 */
export function openChannel(gateway: VerifiedGateway): TunnelServiceClient {
  const Client = clientCounting(gateway.contact);
  return new Client(`dns:${gateway.address}`, credentialsFor(gateway), {
    ...channelOptions,
    'grpc.ssl_target_name_override': gateway.serverName,
    'grpc.default_authority': gateway.address,
  });
}

/** A pinned authority signs for one gateway only, so its signature says more than a name would. */
function credentialsFor({ onlyRoot, publicRoots }: VerifiedGateway): ChannelCredentials {
  if (onlyRoot === undefined) {
    return credentials.createSsl(Buffer.from(publicRoots ?? systemRoots()));
  }
  const anyName = { checkServerIdentity: () => undefined };
  return credentials.createSsl(Buffer.from(onlyRoot), null, null, anyName);
}

/** As everything else in this process: left to itself, gRPC forgets those of NODE_EXTRA_CA_CERTS. */
function systemRoots(): string {
  return getCACertificates('default').join('\n');
}

/** The generated client, telling the register what passes through it. */
function clientCounting(contact: Contact): typeof TunnelServiceClient {
  const counted = <Request, Response>(
    method: MethodDefinition<Request, Response>,
  ): MethodDefinition<Request, Response> => ({
    ...method,
    requestSerialize(request) {
      const bytes = method.requestSerialize(request);
      contact.sent(bytes.byteLength);
      return bytes;
    },
    responseDeserialize(bytes) {
      contact.received(bytes.byteLength);
      return method.responseDeserialize(bytes);
    },
  });
  const service = {
    enrol: counted(TunnelServiceService.enrol),
    knock: counted(TunnelServiceService.knock),
    control: counted(TunnelServiceService.control),
    run: counted(TunnelServiceService.run),
    call: counted(TunnelServiceService.call),
  };
  // The generated constructor is made, and cast, in the same way.
  return makeGenericClientConstructor(
    service,
    TunnelServiceClient.serviceName,
  ) as unknown as typeof TunnelServiceClient;
}
