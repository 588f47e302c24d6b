import type { ListedModel, StoredProvider } from './ports.ts';

/** A model of a provider under the name that it is served as. */
export interface NamedModel {
  /** What callers call it. */
  readonly name: string;
  readonly model: ListedModel;
  readonly isServed: boolean;
}

/** What follows the `@` of a pinned name: `Mistral AI` is `mistral-ai`. */
export function slugOf(name: string): string {
  return name.trim().toLowerCase().replaceAll(/\s+/g, '-');
}

/**
 * Everything that a provider lists, and what it is said to serve besides: some list nothing, and some
 * list what they have no more.
 */
export function namedModels({ names, served, listed }: StoredProvider): readonly NamedModel[] {
  const known = new Map(listed.map((model) => [model.upstreamName, model]));
  for (const name of served ?? []) if (!known.has(name)) known.set(name, { upstreamName: name });
  const isServed = new Set(served ?? known.keys());
  return [...known.values()].map((model) => ({
    name: names[model.upstreamName] ?? model.upstreamName,
    model,
    isServed: isServed.has(model.upstreamName),
  }));
}

/** A pinned name in two; undefined for one without a pin. */
export function splitPinned(
  name: string,
): { readonly model: string; readonly provider: string } | undefined {
  const at = name.lastIndexOf('@');
  if (at <= 0 || at === name.length - 1) return undefined;
  return { model: name.slice(0, at), provider: slugOf(name.slice(at + 1)) };
}
