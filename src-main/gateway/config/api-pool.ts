import { z } from 'zod';
import type { ConfigProblem } from '../../contract/config.ts';
import { explainIssues } from './explain-issues.ts';
import { presetAt } from './known-address.ts';
import { emptyConfiguration } from './ports.ts';
import type { Configuration, ConfigSurroundings, ConfiguredProvider } from './ports.ts';
import type { Tree } from './read-tree.ts';

// The file of AI-api-pool: for each model the providers that have it. Its `server` says where that program
// listens, which is not for this one. Unknown fields are left alone there, so they are here.

const provider = z.object({
  name: z.string().trim().min(1).max(60),
  api_base: z.string().trim().max(500),
  api_key: z.string().trim().max(500).default(''),
  enabled: z.boolean().default(true),
  /** What this provider calls the model. */
  model_name: z.string().trim().min(1).max(300).exactOptional(),
});

const model = z.object({
  /** What the providers call the model; absent: as callers do. */
  model_name: z.string().trim().min(1).max(300).exactOptional(),
  providers: z.array(provider).max(200),
});

const schema = z.object({
  server: z.unknown().optional(),
  models: z.record(z.string().trim().min(1).max(200), model),
});

type PoolProvider = z.output<typeof provider>;

export interface ReadConfiguration {
  /** Absent where the file is not to be used at all. */
  readonly configuration?: Configuration;
  readonly problems: readonly ConfigProblem[];
  /** Where each provider stands. */
  readonly places: ReadonlyMap<string, Pick<ConfigProblem, 'line' | 'column'>>;
}

/** Whether the file lists models with their providers. */
export function isApiPoolFile(value: unknown): boolean {
  return (
    typeof value === 'object' && value !== null && 'models' in value && !('providers' in value)
  );
}

/**
 * A provider whose variable is not set is left out and named; the others work. One that several models
 * name at one address is one provider with several models and keys.
 */
export function readApiPool(tree: Tree, { presets }: ConfigSurroundings): ReadConfiguration {
  const parsed = schema.safeParse(tree.value);
  if (!parsed.success) {
    const problems = explainIssues(parsed.error.issues, schema, tree);
    return { problems, places: new Map() };
  }
  const gathered = new Gathering((address) => presetAt(address, presets));
  const problems: ConfigProblem[] = [];
  for (const [publicName, { model_name: modelName, providers }] of Object.entries(
    parsed.data.models,
  )) {
    for (const [index, entry] of providers.entries()) {
      const path = ['models', publicName, 'providers', index];
      const missing = tree.missing.find(
        (each) => JSON.stringify(each.path.slice(0, path.length)) === JSON.stringify(path),
      );
      const place = tree.locate(path);
      if (missing !== undefined && entry.enabled) {
        const message = `The provider “${entry.name}” is left out: the variable ${missing.variable} is not set`;
        if (problems.every((problem) => problem.message !== message)) {
          problems.push({ line: missing.line, column: missing.column, message });
        }
      } else {
        if (entry.api_base === '') {
          problems.push({ ...place, message: `The provider “${entry.name}” has no api_base` });
          continue;
        }
        const upstreamName = entry.model_name ?? modelName ?? publicName;
        const taken = gathered.add(entry, { publicName, upstreamName, place });
        if (taken !== undefined) problems.push({ ...place, message: taken });
      }
    }
  }
  const configuration = { ...emptyConfiguration, providers: gathered.providers() };
  return { configuration, problems, places: gathered.places };
}

interface Served {
  readonly publicName: string;
  readonly upstreamName: string;
  readonly place: Pick<ConfigProblem, 'line' | 'column'>;
}

interface Gathered {
  readonly name: string;
  readonly baseUrl: string;
  readonly keys: Set<string>;
  readonly names: Map<string, string>;
  isEnabled: boolean;
}

/** Brings together what belongs to one provider. */
class Gathering {
  readonly places = new Map<string, Pick<ConfigProblem, 'line' | 'column'>>();
  private readonly found: Gathered[] = [];
  private readonly presetOf: (address: string) => string;

  constructor(presetOf: (address: string) => string) {
    this.presetOf = presetOf;
  }

  /** A sentence where the model cannot be served as well. */
  add(entry: PoolProvider, { publicName, upstreamName, place }: Served): string | undefined {
    const gathered = this.one(entry, place);
    if (entry.enabled) gathered.isEnabled = true;
    if (entry.api_key !== '' && entry.enabled) gathered.keys.add(entry.api_key);
    const before = gathered.names.get(upstreamName);
    gathered.names.set(upstreamName, before ?? publicName);
    if (before === undefined || before === publicName) return undefined;
    return `“${entry.name}” serves “${upstreamName}” as “${before}” already; make an alias for “${publicName}”`;
  }

  providers(): readonly ConfiguredProvider[] {
    return this.found.map(({ name, baseUrl, keys, names, isEnabled }) => ({
      ...{ name, baseUrl, isEnabled },
      preset: this.presetOf(baseUrl),
      // That program asks nobody for a key: whoever may come in here may use them.
      access: 'everybody',
      keys: [...keys],
      names: Object.fromEntries([...names].filter(([upstream, shown]) => upstream !== shown)),
      served: [...names.keys()],
    }));
  }

  private one(entry: PoolProvider, place: Served['place']): Gathered {
    const baseUrl = entry.api_base.replace(/\/+$/, '');
    const sameName = ({ name }: Gathered, wanted: string): boolean =>
      name.toLowerCase() === wanted.toLowerCase();
    for (let number = 1; ; number += 1) {
      const name = number === 1 ? entry.name : `${entry.name}-${number.toString()}`;
      const known = this.found.find((each) => sameName(each, name));
      if (known?.baseUrl === baseUrl) return known;
      if (known !== undefined) continue;
      const made = { name, baseUrl, keys: new Set<string>(), names: new Map(), isEnabled: false };
      this.found.push(made);
      this.places.set(name, place);
      return made;
    }
  }
}
