import type { Providers } from '../../gateway/providers/providers.ts';
import type { PricedProviders } from '../../gateway/usage/ports.ts';

type Described = NonNullable<ReturnType<PricedProviders['describe']>>;

/** Providers as prices look at them: read on every answer, so it is kept until one of them changes. */
export function pricedProviders(providers: Pick<Providers, 'list' | 'on'>): PricedProviders {
  let known: ReadonlyMap<string, ReadonlyMap<string, Described>> | undefined;
  const forget = (): void => {
    known = undefined;
  };
  providers.on('changed', forget);
  providers.on('removed', forget);
  const book = (): ReadonlyMap<string, ReadonlyMap<string, Described>> => {
    known ??= new Map(
      providers
        .list()
        .map(({ name, preset, models }) => [
          name,
          new Map(
            models
              .filter(({ isServed }) => isServed)
              .map((model) => [model.name, { preset, upstreamName: model.upstreamName }]),
          ),
        ]),
    );
    return known;
  };
  return {
    describe: (provider, model) => book().get(provider)?.get(model),
    served: () =>
      [...book()].flatMap(([provider, models]) =>
        [...models.keys()].map((model) => ({ model, provider })),
      ),
  };
}
