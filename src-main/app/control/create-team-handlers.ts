import type { ControlHandlers } from '../../contract/control.ts';
import type { Clock } from '../../core/clock.ts';
import type { ConfigFile } from '../../gateway/config/config-file.ts';
import type { GatewayServices } from '../build-gateway.ts';
import { createAlertHandlers } from './alert-handlers.ts';
import { createAliasHandlers } from './alias-handlers.ts';
import { createAuditHandlers } from './audit-handlers.ts';
import { createConfigHandlers } from './config-handlers.ts';
import { createPeopleHandlers } from './people-handlers.ts';
import { createPriceHandlers } from './price-handlers.ts';
import { createProviderHandlers } from './provider-handlers.ts';
import { createUsageHandlers } from './usage-handlers.ts';

type TeamSection =
  'alerts' | 'people' | 'audit' | 'config' | 'providers' | 'aliases' | 'prices' | 'usage';

/** What owner and admins of a gateway do for a team. */
export function createTeamHandlers(
  services: GatewayServices,
  clock: Clock,
  config: ConfigFile,
): Pick<ControlHandlers, TeamSection> {
  const { people, keys, sessions, limits, audit } = services;
  return {
    people: createPeopleHandlers({
      ...{ people, keys, sessions },
      usesOf: (id) => limits.usesOf({ kind: 'person', id }),
    }),
    audit: createAuditHandlers({ audit, clock }),
    alerts: createAlertHandlers({ alerts: services.alerts, ownerPersonId: people.ownerId }),
    config: createConfigHandlers({ file: config, ownerPersonId: people.ownerId }),
    providers: createProviderHandlers(services.providers),
    aliases: createAliasHandlers(services.aliases),
    prices: createPriceHandlers(services.prices),
    usage: createUsageHandlers({
      usage: services.usage,
      seesEverybody: (personId) => people.scopes.seesEverybody(personId),
    }),
  };
}
