import { createHash } from 'node:crypto';
import { MillpondError } from '../../core/error.ts';
import type { KeyState, StoredProvider } from './ports.ts';
import type { Provider } from './provider.ts';
import type { ProviderShelf } from './provider-shelf.ts';
import {
  addressFor,
  cleanKey,
  cleanName,
  knownPreset,
  mergeNames,
  shownPart,
} from './provider-settings.ts';
import type { ProviderChange } from './provider-settings.ts';

/** A provider as a config file names it; its variables are resolved. */
export interface FileProvider extends ProviderChange {
  readonly name: string;
  readonly preset: string;
  readonly keys: readonly string[];
}

interface FileDeps {
  readonly shelf: ProviderShelf;
  readonly now: number;
  readonly isOwnAddress: (url: string) => boolean;
  /** What is known of a key from before this start. */
  readonly keptState: (keyId: string) => KeyState | undefined;
}

/**
 * Puts the providers of the file in place of those that it named before. Throws for the first one that
 * cannot be: nothing has changed then.
 */
export function applyFileProviders(files: readonly FileProvider[], deps: FileDeps): void {
  const { shelf } = deps;
  const own = shelf.all.filter(({ source }) => source === 'database');
  const before = shelf.all.filter(({ source }) => source === 'file');
  const taken: StoredProvider[] = own.map(({ stored }) => stored);
  const made = files.map((file) => {
    const id = idOf(file.name);
    const known = before.find(({ stored }) => stored.id === id);
    const stored = storedOf(file, { id, taken, known, deps });
    taken.push(stored);
    const provider = shelf.make(stored, 'file');
    if (known?.stored.baseUrl === stored.baseUrl) provider.health = known.health;
    addKeys(provider, file.keys, { known, deps });
    return provider;
  });
  for (const provider of before) provider.stop();
  shelf.all = [...own, ...made];
  for (const provider of made) provider.watch();
  for (const { stored } of before) {
    if (!made.some((each) => each.stored.id === stored.id)) shelf.tellRemoved(stored.id);
  }
  for (const provider of made) shelf.announce(provider);
}

interface Making {
  readonly id: string;
  readonly taken: readonly StoredProvider[];
  readonly known: Provider | undefined;
  readonly deps: FileDeps;
}

function storedOf(file: FileProvider, { id, taken, known, deps }: Making): StoredProvider {
  const preset = knownPreset(file.preset);
  const baseUrl = addressFor(preset, file.baseUrl);
  if (deps.isOwnAddress(baseUrl)) {
    throw new MillpondError('invalid-request', `${baseUrl} is Millpond itself`, {
      param: 'baseUrl',
    });
  }
  return {
    id,
    name: cleanName(file.name, taken),
    ...{ preset: preset.id, baseUrl },
    access: file.access ?? 'owner',
    isEnabled: file.isEnabled ?? true,
    names: mergeNames({}, file.names),
    ...(file.served && { served: file.served }),
    listed: known?.stored.listed ?? [],
    createdAt: known?.stored.createdAt ?? deps.now,
  };
}

function addKeys(
  provider: Provider,
  keys: readonly string[],
  { known, deps }: Pick<Making, 'known' | 'deps'>,
): void {
  const states = new Map(known?.keys.list().map((key) => [key.id, key.state]));
  for (const secret of new Set(keys.map(cleanKey))) {
    const id = idOf(`${provider.stored.name}\n${secret}`);
    const state = states.get(id) ?? deps.keptState(id) ?? { phase: 'ready' };
    provider.keys.add({ id, secret, shown: shownPart(secret), createdAt: deps.now, state });
  }
}

/** The same at every start, so that what is known of a key survives: a UUID of version 8. */
function idOf(text: string): string {
  const hex = createHash('sha256').update(`millpond-file-provider\n${text}`).digest('hex');
  const groups = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ];
  return groups.join('-');
}
