import type { Invite, Tunnel } from '../../agent/ports.ts';
import type { Clock } from '../../core/clock.ts';
import type { ConnectionRegister } from '../../platform/http/connection-register.ts';
import type { Logger } from '../../platform/logger.ts';
import { enrol } from '../../tunnel/client/enrol.ts';
import { knock } from '../../tunnel/client/knock.ts';
import { TunnelClient } from '../../tunnel/client/tunnel-client.ts';
import { createIdentity } from '../../tunnel/identity/identity.ts';
import { fingerprintWords } from '../../tunnel/identity/compare-words.ts';
import { parseInviteLink } from '../../tunnel/identity/invite-link.ts';
import { MillpondError } from '../../core/error.ts';

interface TunnelPortDeps {
  readonly register: ConnectionRegister;
  readonly clock: Clock;
  readonly logger: Logger;
  /** In hop lists: what goes out from here has been here. */
  readonly gatewayId: string;
}

/** The tunnel's client as this app's memberships use it. */
export function createTunnelPort(deps: TunnelPortDeps): Tunnel {
  const { register, clock, logger } = deps;
  const wayOut = { register, clock };
  return {
    readInvite: (link): Invite => parseInviteLink(link),
    fingerprintWords: ({ trust }) =>
      trust.kind === 'pin' ? fingerprintWords(trust.spki) : undefined,
    createIdentity: () => Promise.resolve(createIdentity()),
    async enrol({ gateway, secret }, { publicKey }, names, signal) {
      const grant = await enrol({
        ...{ ...wayOut, gateway, publicKey, signal, ...names },
        invite: secret,
      });
      return { grant, gateway };
    },
    async knock({ candidates }, { publicKey }, names, { signal, onWords }) {
      const options = { ...wayOut, candidates, publicKey, signal, ...names };
      for await (const state of knock(options)) {
        if (state.phase === 'joined') return { grant: state.grant, gateway: state.gateway };
        onWords(state.words);
      }
      throw new MillpondError('unavailable', 'The gateway gave no answer; ask again');
    },
    connect: (options) =>
      new TunnelClient({
        ...{ ...options, ...wayOut, logger },
        gatewayId: deps.gatewayId,
        random: Math.random,
      }),
  };
}
