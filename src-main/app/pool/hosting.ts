import type { People } from '../../gateway/people/create-people.ts';
import type { GatewayIdentity } from '../../gateway/people/gateway-identity.ts';
import type { SettingsStore } from '../../settings/settings-store.ts';
import { fingerprintWords } from '../../tunnel/identity/compare-words.ts';
import type { ReachWatch } from '../../tunnel/reach/reach.ts';
import type { PoolHosting } from '../control/pool-handlers.ts';
import { inviteMessage } from './invite-message.ts';
import { publicAddressOf } from './public-address.ts';
import type { ProxySite } from './proxy-listen.ts';
import type { PublicDoor } from './public-door.ts';

interface HostingDeps {
  readonly people: People;
  readonly door: PublicDoor;
  readonly watch: ReachWatch;
  readonly identity: GatewayIdentity;
  readonly settings: SettingsStore;
  readonly gatewayName: () => string;
  /** The door is open without a pool too: a gateway on a server that waits for its set-up. */
  readonly staysOpen: boolean;
  /** The reverse proxy in front of it: members come through it. */
  readonly site?: ProxySite | undefined;
}

/** What the Pool page does with the public port. */
export function createHosting(deps: HostingDeps): PoolHosting {
  const { people, door, watch, identity, settings, gatewayName, staysOpen } = deps;
  return {
    reach() {
      const { publicAddress, mapPort, announcePools } = settings.current();
      return {
        ...(door.port !== undefined && { port: door.port }),
        fingerprint: identity.spki,
        fingerprintWords: [...fingerprintWords(identity.spki)],
        candidates: [...watch.candidates()],
        verdict: watch.verdict(),
        isLooking: watch.isLooking,
        ownAddress: publicAddress,
        mayMapPort: mapPort,
        isAnnounced: announcePools,
      };
    },
    publicAddress: () =>
      publicAddressOf({
        ...{ site: deps.site, port: door.port, authorityPem: identity.authority.certPem },
        ...(door.certificate && { certificate: door.certificate }),
        addresses: watch.candidates().map(({ address }) => address),
      }),
    async updateReach({ ownAddress, mayMapPort, isAnnounced, lookAgain = false }) {
      await settings.update({
        ...(ownAddress !== undefined && { publicAddress: ownAddress.trim() }),
        ...(mayMapPort !== undefined && { mapPort: mayMapPort }),
        ...(isAnnounced !== undefined && { announcePools: isAnnounced }),
      });
      if (lookAgain) await watch.look();
    },
    async usePort(port) {
      if (port !== settings.current().poolPort) await settings.update({ poolPort: port });
    },
    async closeWhenEmpty() {
      if (staysOpen || people.pools.list().length > 0) return;
      await door.close('The pool was stopped');
    },
    inviteMessage(invite, secret) {
      const pool = people.pools.find(invite.poolId);
      return inviteMessage({
        ...{ invite, secret },
        poolName: pool?.name ?? '',
        gatewayName: gatewayName(),
        ownerName: people.person(people.ownerId)?.name ?? '',
        gateway: deps.site?.gateway ?? {
          candidates: watch
            .candidates()
            .filter(({ verdict }) => verdict !== 'closed')
            .map(({ address }) => address),
          trust: { kind: 'pin', spki: identity.spki },
        },
      });
    },
  };
}
