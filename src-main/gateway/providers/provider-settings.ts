import { MillpondError } from '../../core/error.ts';
import type { ProviderAccess, StoredProvider } from './ports.ts';
import { isPreset, presetOf, presets } from './presets.ts';
import type { Preset } from './presets.ts';
import { providerAddressOf } from './provider-address.ts';
import { slugOf } from './provider-names.ts';

/** What a person may say about a provider. Absent fields stay as they are. */
export interface ProviderChange {
  readonly name?: string | undefined;
  readonly baseUrl?: string | undefined;
  readonly access?: ProviderAccess | undefined;
  readonly isEnabled?: boolean | undefined;
  /** Public names by the provider's own; an empty one goes back to it. Others stay. */
  readonly names?: Readonly<Record<string, string>> | undefined;
  /** Replaces all. */
  readonly served?: readonly string[] | undefined;
}

export interface NewProvider extends ProviderChange {
  readonly preset: string;
  readonly keys: readonly string[];
}

export function knownPreset(id: string): Preset {
  if (isPreset(id)) return presetOf(id);
  const known = presets.map((preset) => preset.id).join(', ');
  throw new MillpondError(
    'invalid-request',
    `There is no provider called '${id.slice(0, 60)}' here; choose one of ${known}`,
    { param: 'preset' },
  );
}

/** Its own address, or the one that the preset knows. */
export function addressFor(preset: Preset, typed: string | undefined): string {
  if (typed !== undefined && typed.trim() !== '') return providerAddressOf(typed, preset);
  if (preset.baseUrl !== undefined) return preset.baseUrl;
  throw new MillpondError('invalid-request', `Give the address of the API of ${preset.name}`, {
    param: 'baseUrl',
  });
}

/** A name that can follow an `@`, and that no other provider has. Throws what is wrong with it. */
export function cleanName(typed: string, others: readonly Pick<StoredProvider, 'name'>[]): string {
  const name = typed.trim();
  if (name === '' || /[\p{Cc}@/]/u.test(name)) {
    throw new MillpondError('invalid-request', 'A name needs letters, and no @, / or line break', {
      param: 'name',
    });
  }
  if (others.some((other) => slugOf(other.name) === slugOf(name))) {
    throw new MillpondError(
      'conflict',
      `Another provider is called '${name}'; choose another name`,
      {
        param: 'name',
      },
    );
  }
  return name;
}

/** What a provider is called until a person says otherwise. */
export function defaultName(
  preset: Preset,
  baseUrl: string,
  others: readonly Pick<StoredProvider, 'name'>[],
): string {
  const plain = preset.id === 'custom' ? new URL(baseUrl).host : preset.name;
  const isTaken = (name: string): boolean =>
    others.some((other) => slugOf(other.name) === slugOf(name));
  if (!isTaken(plain)) return plain;
  for (let number = 2; ; number += 1) {
    const numbered = `${plain} ${number.toString()}`;
    if (!isTaken(numbered)) return numbered;
  }
}

/** The names after a change: an empty one is taken out. */
export function mergeNames(
  known: Readonly<Record<string, string>>,
  change: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const merged = new Map(Object.entries(known));
  for (const [model, typed] of Object.entries(change)) {
    const name = typed.trim();
    if (name === '') {
      merged.delete(model);
      continue;
    }
    if (/\p{Cc}/u.test(name)) {
      throw new MillpondError('invalid-request', 'The name of a model has no line breaks', {
        param: 'names',
      });
    }
    merged.set(model, name);
  }
  return Object.fromEntries(merged);
}

/** A key without the spaces that pasting brings. */
export function cleanKey(typed: string): string {
  const key = typed.trim();
  if (/^[\x21-\x7e]+$/.test(key)) return key;
  throw new MillpondError('invalid-request', 'An API key has no spaces and no special letters', {
    param: 'keys',
  });
}

/** First and last characters; never more than a third of it, so that a short key stays a secret too. */
export function shownPart(key: string): string {
  const shown = Math.floor(key.length / 3);
  const first = Math.min(4, Math.ceil(shown / 2));
  const last = Math.min(4, Math.floor(shown / 2));
  return `${key.slice(0, first)}…${last === 0 ? '' : key.slice(-last)}`;
}
