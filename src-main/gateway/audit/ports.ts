import type { AuditEntry } from '../../contract/audit.ts';

export type StoredAuditEntry = AuditEntry;

export interface AuditQuery {
  readonly limit: number;
  /** Only entries from before this epoch millisecond. */
  readonly before?: number | undefined;
  /** Matched against person, action, subject and outcome. */
  readonly search?: string | undefined;
}

/** Entries at rest: added, and deleted by age. Nothing changes one, the database itself refuses. */
export interface AuditStore {
  append(entries: readonly StoredAuditEntry[]): Promise<void>;
  /** The newest first; `total` counts all that match, whatever the page. */
  query(
    query: AuditQuery,
  ): Promise<{ readonly entries: readonly StoredAuditEntry[]; readonly total: number }>;
  /** Deletes what is older than the given epoch millisecond. */
  prune(before: number): Promise<void>;
}

/** What ids are called by people, before the call that may end them. */
export interface AuditNames {
  /** Undefined for what is not known there. */
  nameOf(section: string, id: string): string | undefined;
}
