import type { NamedModel } from './model-name.ts';

interface Claim extends NamedModel {
  readonly sizeBytes: number;
}

/** What most people mean when they name a model without its quantization. */
const usualQuantization = /:Q4_K_M$/i;

/**
 * Who answers to which name, in lower case. Ids come first; an alias that several models claim
 * names the usual quantization, else the smallest of them.
 */
export function indexNames(models: readonly Claim[]): ReadonlyMap<string, string> {
  const index = new Map<string, string>();
  for (const { id } of models) index.set(id.toLowerCase(), id);
  for (const { id, aliases } of models.toSorted(byPreference)) {
    for (const alias of aliases) {
      const key = alias.toLowerCase();
      if (!index.has(key)) index.set(key, id);
    }
  }
  return index;
}

function byPreference(a: Claim, b: Claim): number {
  const usual = Number(usualQuantization.test(b.id)) - Number(usualQuantization.test(a.id));
  return usual === 0 ? a.sizeBytes - b.sizeBytes : usual;
}
