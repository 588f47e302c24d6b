import type { UsageLimits } from '../../contract/limits.ts';
import type { SettingsPatch } from '../../contract/settings.ts';
import type { PriceTier } from '../../contract/usage.ts';

/** A provider as a config file says it. Its keys are secrets and stay in memory. */
export interface ConfiguredProvider {
  readonly name: string;
  /** `custom` where the file names none and the address belongs to no preset. */
  readonly preset: string;
  /** Absent: the preset's. */
  readonly baseUrl?: string;
  readonly access: 'owner' | 'everybody';
  readonly isEnabled: boolean;
  readonly keys: readonly string[];
  /** Public names by the provider's own. */
  readonly names: Readonly<Record<string, string>>;
  /** The provider's names of the models that are served; absent: all that it lists. */
  readonly served?: readonly string[];
}

export interface ConfiguredAlias {
  readonly name: string;
  readonly members: readonly { readonly model: string; readonly maxQueueMs?: number }[];
  readonly mayCrossToCloud: boolean;
}

export interface ConfiguredPrice {
  readonly model: string;
  readonly provider?: string;
  readonly tiers: PriceTier[];
  readonly contributorTiers?: PriceTier[];
}

export interface ConfiguredModelLimits {
  readonly model: string;
  readonly limits: UsageLimits;
}

/** Everything that a config file says. What it leaves out is as the window and the database say. */
export interface Configuration {
  readonly providers: readonly ConfiguredProvider[];
  readonly aliases: readonly ConfiguredAlias[];
  readonly prices: readonly ConfiguredPrice[];
  readonly modelLimits: readonly ConfiguredModelLimits[];
  readonly settings: SettingsPatch;
}

export const emptyConfiguration: Configuration = {
  ...{ providers: [], aliases: [], prices: [], modelLimits: [] },
  settings: {},
};

/** A provider as it is now, without its secrets: for a file that says the same. */
export type ExportedProvider = Omit<ConfiguredProvider, 'keys'> & { readonly keyCount: number };

export type ExportedConfiguration = Omit<Configuration, 'providers'> & {
  readonly providers: readonly ExportedProvider[];
};

/** Addresses that are known by name. */
export interface KnownPreset {
  readonly id: string;
  readonly baseUrl?: string;
}

/** What reading a file needs from outside. */
export interface ConfigSurroundings {
  /** Variables of the process; an empty one counts as not set. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly presets: readonly KnownPreset[];
}

/** The disk, as the config file needs it. */
export interface ConfigFiles {
  /** Undefined when there is no such file. Rejects when it cannot be read. */
  read(path: string): Promise<string | undefined>;
  /** Readable by the owner alone; a crash leaves the old one or the new one. */
  write(path: string, text: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** Calls back when the file may have changed, came or went; more often than needed. */
  watch(path: string, changed: () => void): () => void;
}
