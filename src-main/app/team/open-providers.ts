import { providers as contract } from '../../contract/providers.ts';
import type { Logger } from '../../platform/logger.ts';
import { createProviders } from '../../gateway/providers/providers.ts';
import type { Providers } from '../../gateway/providers/providers.ts';
import { bundledPrices } from '../../gateway/usage/prices/bundled-prices.ts';
import { createPriceBook } from '../../gateway/usage/prices/price-book.ts';
import type { PriceBook } from '../../gateway/usage/prices/price-book.ts';
import type { GatewayDeps } from '../gateway-deps.ts';
import { pricedProviders } from './priced-providers.ts';

interface OpenDeps {
  readonly deps: GatewayDeps;
  readonly logger: Logger;
  /** Tells every open tab. */
  readonly publish: (topic: string, data: unknown) => void;
}

/** Cloud providers and what their answers cost. Nobody has been asked yet when it resolves. */
export async function openProviders({
  deps: { clock, stores, outside },
  logger,
  publish,
}: OpenDeps): Promise<{ readonly providers: Providers; readonly prices: PriceBook }> {
  const providers = await createProviders({
    ...{ clock, logger, store: stores.providers },
    ...{ http: outside.http, secrets: outside.secrets, isOwnAddress: outside.isOwnAddress },
  });
  providers.on('changed', (provider) => {
    publish(contract.onChanged.topic, { provider });
  });
  providers.on('removed', (id) => {
    publish(contract.onRemoved.topic, { id });
  });
  const prices = await createPriceBook({
    store: stores.prices,
    providers: pricedProviders(providers),
    bundled: bundledPrices,
  });
  return { providers, prices };
}
