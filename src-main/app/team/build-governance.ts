import { aliases as contract } from '../../contract/aliases.ts';
import { createAliases } from '../../gateway/aliases/create-aliases.ts';
import type { Aliases } from '../../gateway/aliases/create-aliases.ts';
import type { ApiKeys } from '../../gateway/keys/api-keys.ts';
import { KeyAdministration } from '../../gateway/keys/key-administration.ts';
import { candidatesIn } from '../../gateway/limits/candidates.ts';
import { createLimits } from '../../gateway/limits/create-limits.ts';
import type { Limits, LimitsDeps } from '../../gateway/limits/create-limits.ts';
import { ModelLimits } from '../../gateway/limits/model-limits.ts';
import type { People } from '../../gateway/people/create-people.ts';
import type { UpstreamDirectory } from '../../gateway/ports.ts';
import type { PriceBook } from '../../gateway/usage/prices/price-book.ts';
import type { Logger } from '../../platform/logger.ts';
import type { GatewayDeps } from '../gateway-deps.ts';

interface GovernanceDeps {
  readonly deps: GatewayDeps;
  readonly logger: Logger;
  readonly keys: ApiKeys;
  readonly people: People;
  readonly prices: PriceBook;
  /** Everything that can answer. */
  readonly directory: UpstreamDirectory;
  readonly onNotice: NonNullable<LimitsDeps['onNotice']>;
  /** Tells every open tab. */
  readonly publish: (topic: string, data: unknown) => void;
}

/** What names mean, and how much may be used. */
export interface Governance {
  readonly aliases: Aliases;
  readonly limits: Limits;
  readonly modelLimits: ModelLimits;
  readonly administration: KeyAdministration;
}

export async function buildGovernance(governance: GovernanceDeps): Promise<Governance> {
  const { deps, logger, keys, people, prices, directory } = governance;
  const { clock, stores, owner } = deps;
  const aliases = await createAliases({
    ...{ clock, directory, store: stores.aliases },
    everything: () => people.scopes.of(owner.personId),
    onChanged: () => {
      governance.publish(contract.onChanged.topic, {});
    },
  });
  const modelLimits = new ModelLimits(stores.limits.models);
  await modelLimits.load();
  const limits = await createLimits({
    ...{ clock, logger, prices },
    ...{ quotas: stores.limits.quotas, rates: stores.limits.rates },
    source: {
      ofKey: (id) => keys.get(id)?.limits,
      ofPerson: (id) => people.accounts.limitsOf(id),
      ofModel: (id) => modelLimits.of(id),
    },
    candidates: candidatesIn(directory),
    onNotice: governance.onNotice,
  });
  const administration = new KeyAdministration({
    keys,
    holders: {
      gatewayRole: (personId) => people.scopes.gatewayRole(personId),
      name: (personId) => people.nameOf(personId),
    },
    usesOf: (id) => limits.usesOf({ kind: 'key', id }),
  });
  return { aliases, limits, modelLimits, administration };
}
