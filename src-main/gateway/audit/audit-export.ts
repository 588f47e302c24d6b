import type { AuditEntry } from '../../contract/audit.ts';
import { toCsv } from '../../core/csv.ts';

export interface AuditExport {
  readonly fileName: string;
  readonly mediaType: string;
  readonly text: string;
}

const columns = [
  'at',
  'personName',
  'personId',
  'action',
  'subject',
  'outcome',
  'address',
] as const;

/** The entries as a file, the newest first. Times are ISO 8601 in UTC. */
export function exportAudit(
  entries: readonly AuditEntry[],
  format: 'csv' | 'json',
  now: number,
): AuditExport {
  const day = new Date(now).toISOString().slice(0, 10);
  const rows = entries.map((entry) => ({ ...entry, at: new Date(entry.at).toISOString() }));
  if (format === 'json') {
    const text = `${JSON.stringify(rows, undefined, 2)}\n`;
    return { fileName: `millpond-audit-${day}.json`, mediaType: 'application/json', text };
  }
  const text = toCsv(
    columns,
    rows.map((row) => columns.map((column) => row[column])),
  );
  return { fileName: `millpond-audit-${day}.csv`, mediaType: 'text/csv', text };
}
