import type { FitView } from '../../contract/fit.ts';
import type { HubRepo, HubVariant } from '../../models/hub/hub-repo.ts';
import { pickVariant } from '../../models/fit/aim.ts';
import type { FitTarget } from '../../models/fit/fit-estimator.ts';
import type { Engines } from '../build-engines.ts';
import type { Library } from '../build-library.ts';
import { largestModelBytes } from '../fit-machine.ts';
import type { Machine } from '../machine.ts';
import { Discover } from './discover.ts';
import { VariantFits } from './variant-fits.ts';
import type { FitAim } from './variant-fits.ts';

interface DiscoverDeps {
  readonly library: Library;
  readonly engines: Engines;
  readonly machine: Machine;
  readonly publish: ConstructorParameters<typeof VariantFits>[0]['publish'];
  readonly warn: (data: object, sentence: string) => void;
}

/** The hub's models together with how they would fit this machine. */
export function buildDiscover(deps: DiscoverDeps): {
  readonly discover: Discover;
  readonly fits: VariantFits;
} {
  const { library, engines, machine } = deps;
  const { hub, models } = library;

  async function predict(
    repo: HubRepo,
    variant: HubVariant,
    aim: FitAim,
    signal: AbortSignal,
  ): Promise<FitView> {
    const target: FitTarget =
      variant.format === 'mlx'
        ? {
            config: JSON.parse(await hub.config(repo, signal)) as unknown,
            weightBytes: weightsOf(variant),
          }
        : { header: await hub.header(repo, variant, signal) };
    if (aim === 'usual') return { ...(await engines.estimator.atUsualSettings(target, signal)) };
    const { fit } = await engines.estimator.suggest(target, aim, signal);
    return { ...fit };
  }

  const fits = new VariantFits({
    predict,
    recommend: (known, aim) =>
      pickVariant(
        known.map(({ variant, fit }) => ({ id: variant.id, sizeBytes: variant.sizeBytes, fit })),
        aim === 'usual' ? 'context' : aim,
      )?.id,
    publish: deps.publish,
    warn: deps.warn,
  });
  const discover = new Discover({
    ...{ hub, fits },
    installed: () => models.list(),
    limitBytes: () => largestModelBytes(machine),
  });
  return { discover, fits };
}

function weightsOf({ files }: HubVariant): number {
  return files
    .filter(({ path }) => path.endsWith('.safetensors'))
    .reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}
