import type { ModelAlias } from '../ports.ts';

export interface StoredAlias extends ModelAlias {
  /** Epoch milliseconds. */
  readonly createdAt: number;
}

/** Aliases at rest. The gateway keeps its own snapshot; nothing here is on the hot path. */
export interface AliasStore {
  list(): Promise<readonly StoredAlias[]>;
  /** Adds it, or replaces the one of that name. */
  save(alias: StoredAlias): Promise<void>;
  remove(name: string): Promise<void>;
}
