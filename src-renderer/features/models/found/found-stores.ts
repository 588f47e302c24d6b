import { useEffect } from 'react';
import { create } from 'zustand';
import { MillpondError } from '../../../../src-main/core/error.ts';
import { api } from '../../../api.ts';
import type { FoundStore, StoreKind } from '../../../api.ts';
import { applyStores } from '../../../state/models.ts';

interface FoundState {
  /** Undefined until somebody has looked. */
  readonly stores: readonly FoundStore[] | undefined;
  readonly error: MillpondError | undefined;
}

/** What other programs keep on this disk, as it was seen last. */
export const useFound = create<FoundState>()(() => ({ stores: undefined, error: undefined }));

/** Looks through the folders of other programs; what was known stays on screen meanwhile. */
export async function lookForStores(): Promise<void> {
  try {
    const { stores } = await api.models.found({});
    useFound.setState({ stores, error: undefined });
  } catch (thrown) {
    useFound.setState({ error: MillpondError.from(thrown) });
  }
}

/** Uses the files of these programs where they are. Rejects with a `MillpondError`. */
export async function takeInPlace(kinds: readonly StoreKind[]): Promise<void> {
  await applyStores(kinds);
  await lookForStores();
}

/** Looks once when a page that speaks of them opens. */
export function useLookForStores(): void {
  useEffect(() => {
    void lookForStores();
  }, []);
}
