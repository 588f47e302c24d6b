import { MillpondError } from '../../core/error.ts';
import type { AttachedServerKind, StoredAttachedServer } from '../ports.ts';
import { hostOf } from './server-address.ts';

/** What a person may say about a server. Absent fields stay as they are. */
export interface AttachedServerChange {
  readonly name?: string | undefined;
  readonly url?: string | undefined;
  /** Replaces all. */
  readonly keys?: readonly string[] | undefined;
  /** New names by the server's own; an empty one goes back to it. Others stay. */
  readonly names?: Readonly<Record<string, string>> | undefined;
  /** Replaces all. */
  readonly hidden?: readonly string[] | undefined;
}

const kindNames: Record<AttachedServerKind, string | undefined> = {
  ollama: 'Ollama',
  'lm-studio': 'LM Studio',
  vllm: 'vLLM',
  'llama-server': 'llama-server',
  openai: undefined,
};

/** What a server is called until a person says otherwise. */
export function defaultServerName(
  kind: AttachedServerKind,
  url: string,
  others: readonly Pick<StoredAttachedServer, 'name'>[],
): string {
  const host = hostOf(url);
  const plain = kindNames[kind] ?? host;
  return others.some(({ name }) => isSameName(name, plain)) ? `${plain} ${host}` : plain;
}

/** Throws `conflict` when another server has the name or the address already. */
export function refuseTwins(
  { name, url }: { readonly name?: string | undefined; readonly url: string },
  others: readonly Pick<StoredAttachedServer, 'name' | 'url'>[],
): void {
  const sameUrl = others.find((other) => other.url === url);
  if (sameUrl !== undefined) {
    throw new MillpondError('conflict', `${url} is attached already, as '${sameUrl.name}'`, {
      param: 'url',
    });
  }
  if (name !== undefined && others.some((other) => isSameName(other.name, name))) {
    throw new MillpondError('conflict', `Another server is called '${name}'; choose another name`, {
      param: 'name',
    });
  }
}

/** A name as it is kept. Throws `invalid-request` for one that nobody could type. */
export function cleanName(name: string, param: 'name' | 'names'): string {
  const clean = name.trim();
  if (clean !== '' && !/\p{Cc}/u.test(clean)) return clean;
  throw new MillpondError('invalid-request', 'A name needs letters, and no line breaks', { param });
}

/** The names after a change: an empty one is taken out. */
export function mergeNames(
  known: Readonly<Record<string, string>>,
  change: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const merged = new Map(Object.entries(known));
  for (const [model, name] of Object.entries(change)) {
    if (name.trim() === '') merged.delete(model);
    else merged.set(model, cleanName(name, 'names'));
  }
  return Object.fromEntries(merged);
}

/** Keys without the spaces and doubles that pasting brings. */
export function cleanKeys(keys: readonly string[]): readonly string[] {
  const clean = [...new Set(keys.map((key) => key.trim()).filter((key) => key !== ''))];
  const broken = clean.find((key) => !/^[\x21-\x7e]+$/.test(key));
  if (broken === undefined) return clean;
  throw new MillpondError('invalid-request', 'An API key has no spaces and no special letters', {
    param: 'keys',
  });
}

/** Names are compared as `@NAME` is written. */
function isSameName(one: string, other: string): boolean {
  const plain = (name: string): string => name.trim().toLowerCase().replaceAll(/\s+/g, '-');
  return plain(one) === plain(other);
}
