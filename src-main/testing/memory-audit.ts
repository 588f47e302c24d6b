import type { AuditStore, StoredAuditEntry } from '../gateway/audit/ports.ts';

/** The audit log without a database. */
export function createMemoryAudit(): AuditStore & {
  readonly entries: readonly StoredAuditEntry[];
} {
  let entries: readonly StoredAuditEntry[] = [];
  return {
    get entries() {
      return entries;
    },
    append: (added) => {
      entries = [...entries, ...added];
      return Promise.resolve();
    },
    query: ({ limit, before = Infinity, search = '' }) => {
      const wanted = entries.filter(({ personName, action, subject, outcome }) =>
        `${personName}\n${action}\n${subject}\n${outcome}`.includes(search),
      );
      const page = wanted.filter(({ at }) => at < before).toReversed();
      return Promise.resolve({ entries: page.slice(0, limit), total: wanted.length });
    },
    prune: (before) => {
      entries = entries.filter(({ at }) => at >= before);
      return Promise.resolve();
    },
  };
}
