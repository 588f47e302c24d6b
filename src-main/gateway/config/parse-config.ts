import type { ConfigProblem } from '../../contract/config.ts';
import type { UsageLimits } from '../../contract/limits.ts';
import type { PriceTier } from '../../contract/usage.ts';
import { isApiPoolFile, readApiPool } from './api-pool.ts';
import type { ReadConfiguration } from './api-pool.ts';
import { configSchema } from './config-schema.ts';
import type { ConfigText, LimitsText, TierText } from './config-schema.ts';
import { explainIssues } from './explain-issues.ts';
import { customPreset, presetAt } from './known-address.ts';
import { emptyConfiguration } from './ports.ts';
import type { Configuration, ConfigSurroundings, ConfiguredProvider } from './ports.ts';
import { readTree } from './read-tree.ts';
import type { MissingVariable, Tree } from './read-tree.ts';

/**
 * Reads `millpond.yaml`, or the file of AI-api-pool. A file of ours with anything wrong is refused as a
 * whole; of AI-api-pool's, providers without their variable are left out, and of ours in an `import`.
 */
export function parseConfig(
  text: string,
  around: ConfigSurroundings,
  use: 'file' | 'import' = 'file',
): ReadConfiguration {
  const tree = readTree(text, around.env);
  if (tree.problems.length > 0) return { problems: byPlace(tree.problems), places: new Map() };
  if (tree.value === null || tree.value === undefined) {
    return { configuration: emptyConfiguration, problems: [], places: new Map() };
  }
  if (isApiPoolFile(tree.value)) {
    const read = readApiPool(tree, around);
    return { ...read, problems: byPlace(read.problems) };
  }
  if (use === 'file') return readOwn(tree, around);
  const { kept, leftOut } = withoutUnset(tree);
  const read = readOwn(kept, around);
  return { ...read, problems: byPlace([...read.problems, ...leftOut]) };
}

/** The file without its providers that have a variable which is not set. */
function withoutUnset(tree: Tree): {
  readonly kept: Tree;
  readonly leftOut: readonly ConfigProblem[];
} {
  const isOfProvider = ({ path }: MissingVariable): boolean =>
    path[0] === 'providers' && path.length > 2;
  const unset = tree.missing.filter(isOfProvider);
  const names = new Set(unset.map(({ path }) => path[1]));
  const entries = Object.entries(tree.value ?? {}).map(([section, said]: [string, unknown]) => {
    if (section !== 'providers' || typeof said !== 'object' || said === null)
      return [section, said];
    return [section, Object.fromEntries(Object.entries(said).filter(([name]) => !names.has(name)))];
  });
  return {
    kept: {
      ...tree,
      value: typeof tree.value === 'object' ? Object.fromEntries(entries) : tree.value,
      missing: tree.missing.filter((each) => !isOfProvider(each)),
    },
    leftOut: unset.map(({ line, column, variable, path }) => ({
      ...{ line, column },
      message: `The provider “${String(path[1])}” is left out: the variable ${variable} is not set`,
    })),
  };
}

function readOwn(tree: Tree, around: ConfigSurroundings): ReadConfiguration {
  const parsed = configSchema.safeParse(tree.value);
  const missing = tree.missing.map(({ line, column, message }) => ({ line, column, message }));
  const places = new Map<string, Pick<ConfigProblem, 'line' | 'column'>>();
  if (!parsed.success) {
    // A variable that is not set leaves an empty text: that is one mistake, not two.
    const issues = parsed.error.issues.filter(
      ({ code, path }) =>
        code === 'unrecognized_keys' ||
        tree.missing.every((each) => path.some((part, index) => part !== each.path[index])),
    );
    const explained = explainIssues(issues, configSchema, tree);
    return { problems: byPlace([...missing, ...explained]), places };
  }
  const problems = [...missing, ...addressless(parsed.data, tree, around)];
  if (problems.length > 0) return { problems: byPlace(problems), places };
  for (const name of Object.keys(parsed.data.providers ?? {})) {
    places.set(name, tree.locateKey(['providers', name]));
  }
  return { configuration: toConfiguration(parsed.data, around), problems: [], places };
}

/** Where the address comes from neither the file nor a preset. */
function addressless(
  { providers = {} }: ConfigText,
  tree: Tree,
  around: ConfigSurroundings,
): readonly ConfigProblem[] {
  return Object.entries(providers).flatMap(([name, { preset, baseUrl }]) => {
    const path = ['providers', name];
    if (preset !== undefined && around.presets.every(({ id }) => id !== preset)) {
      const known = around.presets.map(({ id }) => id).join(', ');
      const message = `“${preset}” is no preset; known are ${known}`;
      return [{ ...tree.locate([...path, 'preset']), message }];
    }
    const id = preset ?? name.toLowerCase();
    const hasAddress = around.presets.some(
      (each) => each.id === id && (each.baseUrl !== undefined || baseUrl !== undefined),
    );
    if (hasAddress || baseUrl !== undefined) return [];
    return [
      { ...tree.locateKey(path), message: `“${name}” needs a baseUrl, or a preset with one` },
    ];
  });
}

function toConfiguration(file: ConfigText, around: ConfigSurroundings): Configuration {
  const { providers = {}, aliases = {}, prices = [], modelLimits = {}, settings = {} } = file;
  return {
    providers: Object.entries(providers).map(([name, said]) => toProvider(name, said, around)),
    aliases: Object.entries(aliases).map(([name, { members, cloud = false }]) => ({
      ...{ name, mayCrossToCloud: cloud },
      members: members.map((member) =>
        typeof member === 'string'
          ? { model: member }
          : {
              model: member.model,
              ...(member.maxQueueSeconds !== undefined && {
                maxQueueMs: member.maxQueueSeconds * 1000,
              }),
            },
      ),
    })),
    prices: prices.map(({ model, provider, tiers, contributorTiers }) => ({
      model,
      ...(provider !== undefined && { provider }),
      tiers: tiers.map(toTier),
      ...(contributorTiers !== undefined && { contributorTiers: contributorTiers.map(toTier) }),
    })),
    modelLimits: Object.entries(modelLimits).map(([model, limits]) => ({
      model,
      limits: toLimits(limits),
    })),
    settings,
  };
}

function toProvider(
  name: string,
  said: NonNullable<ConfigText['providers']>[string],
  { presets }: ConfigSurroundings,
): ConfiguredProvider {
  const { baseUrl, access = 'owner', enabled = true, keys = [], names = {}, served } = said;
  const named = presets.find(({ id }) => id === name.toLowerCase())?.id;
  const byAddress = baseUrl === undefined ? customPreset : presetAt(baseUrl, presets);
  return {
    ...{ name, access, names, isEnabled: enabled },
    preset: said.preset ?? named ?? byAddress,
    ...(baseUrl !== undefined && { baseUrl }),
    keys: typeof keys === 'string' ? [keys] : keys,
    ...(served !== undefined && { served }),
  };
}

const microsOf = (dollars: number): number => Math.round(dollars * 1_000_000);

function toTier({
  maxInputTokens = 0,
  input,
  cachedInput,
  cacheWrite,
  output,
}: TierText): PriceTier {
  return {
    maxInputTokens,
    inputMicros: microsOf(input),
    ...(cachedInput !== undefined && { cachedInputMicros: microsOf(cachedInput) }),
    ...(cacheWrite !== undefined && { cacheWriteMicros: microsOf(cacheWrite) }),
    outputMicros: microsOf(output),
  };
}

function toLimits({ spendPerDay, spendPerMonth, ...counts }: LimitsText): UsageLimits {
  return {
    ...counts,
    ...(spendPerDay !== undefined && { spendMicrosPerDay: microsOf(spendPerDay) }),
    ...(spendPerMonth !== undefined && { spendMicrosPerMonth: microsOf(spendPerMonth) }),
  };
}

function byPlace(problems: readonly ConfigProblem[]): readonly ConfigProblem[] {
  return problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
}
