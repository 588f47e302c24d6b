import type { FoundStore, StoreKind } from '../../../api.ts';

/** What other programs keep on this disk, in figures. */
export interface FoundSummary {
  /** Programs whose files could be used and are not. */
  readonly kinds: readonly StoreKind[];
  /** Their files that our engines read as they are. */
  readonly count: number;
  readonly sizeBytes: number;
  /** Programs that are not used and have nothing that could be used as it is. */
  readonly uselessKinds: readonly StoreKind[];
  /** Programs whose files are used now. */
  readonly usedKinds: readonly StoreKind[];
}

export function summarise(stores: readonly FoundStore[]): FoundSummary {
  const unused = stores.filter(({ isUsed }) => !isUsed);
  const usable = unused.flatMap(usableModels);
  const kinds = kindsOf(unused.filter((store) => usableModels(store).length > 0));
  const others = unused.filter(({ models, problem }) => models.length > 0 || problem !== undefined);
  return {
    kinds,
    count: usable.length,
    sizeBytes: usable.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    uselessKinds: kindsOf(others).filter((kind) => !kinds.includes(kind)),
    usedKinds: kindsOf(stores.filter(({ isUsed }) => isUsed)),
  };
}

/** The programs among these folders, each once, in the order in which they were found. */
export function kindsOf(stores: readonly FoundStore[]): readonly StoreKind[] {
  return [...new Set(stores.map(({ kind }) => kind))];
}

function usableModels({ models }: FoundStore): FoundStore['models'] {
  return models.filter(({ use }) => use === 'in-place');
}

/** Names one state of the finds: a banner that was hidden comes back when another program turns up. */
export function findsKey({ kinds, uselessKinds }: FoundSummary): string {
  return [...kinds, ...uselessKinds].toSorted().join(' ');
}
