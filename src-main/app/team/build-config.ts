import { join } from 'node:path';
import { config as contract } from '../../contract/config.ts';
import type { Provider } from '../../contract/providers.ts';
import { defaultSettings } from '../../contract/settings.ts';
import type { Settings, SettingsPatch } from '../../contract/settings.ts';
import type { Clock } from '../../core/clock.ts';
import { MillpondError } from '../../core/error.ts';
import { createConfigFile } from '../../gateway/config/config-file.ts';
import type { ConfigFile } from '../../gateway/config/config-file.ts';
import { configurableSettings } from '../../gateway/config/config-schema.ts';
import { createConfigFiles } from '../../gateway/config/disk.ts';
import { parseConfig } from '../../gateway/config/parse-config.ts';
import type {
  Configuration,
  ConfigSurroundings,
  ExportedConfiguration,
  ExportedProvider,
} from '../../gateway/config/ports.ts';
import { presets } from '../../gateway/providers/presets.ts';
import type { Logger } from '../../platform/logger.ts';
import type { DataPaths } from '../../platform/paths.ts';
import type { SettingsStore } from '../../settings/settings-store.ts';
import type { GatewayServices } from '../build-gateway.ts';

/** Where the config file is, and what its variables are. */
export interface ConfigPlace {
  readonly paths: Pick<DataPaths, 'dataFolder'>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Named on the command line; absent: `MILLPOND_CONFIG`, else `millpond.yaml` in the data folder. */
  readonly named?: string | undefined;
}

type ConfigServices = Pick<
  GatewayServices,
  'providers' | 'aliases' | 'prices' | 'modelLimits' | 'publish'
>;

interface BuildConfigDeps {
  readonly place: ConfigPlace;
  readonly settings: SettingsStore;
  readonly services: ConfigServices;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** A provider that takes longer to list its models is as good as away. */
const askLimitMs = 15_000;

/** The config file over everything that it can say. */
export function buildConfig({
  place,
  settings,
  services,
  clock,
  logger,
}: BuildConfigDeps): ConfigFile {
  const { path, isRequired, lastGoodPath } = pathsOf(place);
  return createConfigFile({
    ...{ path, isRequired, lastGoodPath, clock, logger },
    around: () => surroundingsOf(place),
    files: createConfigFiles(clock),
    apply: (configuration) => {
      apply(configuration, services);
      settings.hold(configuration.settings, path);
    },
    current: () => stateOf(services, settings.current()),
    async importProvider(provider) {
      const signal = AbortSignal.timeout(askLimitMs);
      const { models } = await services.providers.add(provider, { signal });
      return { models: models.filter(({ isServed }) => isServed).length };
    },
    onChanged: (status) => {
      services.publish(contract.onChanged.topic, status);
    },
  });
}

/**
 * Holds what the file says about settings before anything is opened with them, such as ports. The file
 * itself is taken once the gateway stands; until then what is wrong with it is nobody's business.
 */
export async function holdConfiguredSettings(
  place: ConfigPlace,
  settings: SettingsStore,
  clock: Clock,
): Promise<void> {
  const { path, lastGoodPath } = pathsOf(place);
  const files = createConfigFiles(clock);
  for (const candidate of [path, lastGoodPath]) {
    const text = await files.read(candidate).catch(() => undefined);
    if (text === undefined && candidate === path && !pathsOf(place).isRequired) return;
    const read = text === undefined ? undefined : parseConfig(text, surroundingsOf(place));
    if (read?.configuration === undefined) continue;
    settings.hold(read.configuration.settings, path);
    return;
  }
}

function pathsOf({ paths, env, named }: ConfigPlace) {
  const chosen = named ?? (env['MILLPOND_CONFIG'] === '' ? undefined : env['MILLPOND_CONFIG']);
  return {
    path: chosen ?? join(paths.dataFolder, 'millpond.yaml'),
    isRequired: chosen !== undefined,
    lastGoodPath: join(paths.dataFolder, 'config.last-good.yaml'),
  };
}

const surroundingsOf = ({ env }: ConfigPlace): ConfigSurroundings => ({ env, presets });

/** Throws for the first part that is refused; the caller puts back what was there before. */
function apply(configuration: Configuration, services: ConfigServices): void {
  services.providers.applyFile(configuration.providers);
  services.aliases.useFile(configuration.aliases);
  services.prices.useFile(configuration.prices);
  services.modelLimits.useFile(configuration.modelLimits);
}

function stateOf(services: ConfigServices, settings: Settings): ExportedConfiguration {
  return {
    providers: services.providers.list().map(exportedProvider),
    aliases: services.aliases.list(),
    prices: services.prices
      .list()
      .filter(({ source }) => source !== 'bundled')
      .map(({ model, provider, tiers, contributorTiers }) => ({
        ...{ model, tiers },
        ...(provider !== undefined && { provider }),
        ...(contributorTiers !== undefined && { contributorTiers }),
      })),
    modelLimits: services.modelLimits
      .list()
      .map(({ modelId, limits }) => ({ model: modelId, limits })),
    settings: changedSettings(settings),
  };
}

function exportedProvider(provider: Provider): ExportedProvider {
  const { name, preset, baseUrl, access, isEnabled, keys, models } = provider;
  const renamed = models.filter((model) => model.name !== model.upstreamName);
  const served = models.filter(({ isServed }) => isServed);
  return {
    ...{ name, preset, baseUrl, access, isEnabled },
    keyCount: keys.length,
    names: Object.fromEntries(renamed.map((model) => [model.upstreamName, model.name])),
    ...(served.length < models.length && {
      served: served.map(({ upstreamName }) => upstreamName),
    }),
  };
}

/** What is as it comes need not be said, and so is not locked where the file is used. */
function changedSettings(settings: Settings): SettingsPatch {
  const defaults = new Map<string, unknown>(Object.entries(defaultSettings));
  return Object.fromEntries(
    Object.entries(settings).filter(
      ([name, value]) =>
        configurableSettings.has(name) &&
        JSON.stringify(value) !== JSON.stringify(defaults.get(name)),
    ),
  );
}

/** What is wrong with the config file as it stands on the disk; undefined for a good one, and for none. */
export async function checkConfigFile(
  place: ConfigPlace,
  clock: Clock,
): Promise<{ readonly path: string; readonly line: number; readonly reason: string } | undefined> {
  const { path, isRequired } = pathsOf(place);
  let text: string | undefined;
  try {
    text = await createConfigFiles(clock).read(path);
  } catch (error) {
    return { path, line: 1, reason: MillpondError.from(error).message };
  }
  if (text === undefined) {
    return isRequired ? { path, line: 1, reason: `There is no file at ${path}` } : undefined;
  }
  const { configuration, problems } = parseConfig(text, surroundingsOf(place));
  const [first] = problems;
  if (configuration !== undefined) return undefined;
  return { path, line: first?.line ?? 1, reason: first?.message ?? 'it cannot be read' };
}
