import type { AuditEntry } from '../../contract/audit.ts';

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
  const lines = [columns, ...rows.map((row) => columns.map((column) => row[column]))];
  const text = lines.map((cells) => `${cells.map(cell).join(',')}\r\n`).join('');
  return { fileName: `millpond-audit-${day}.csv`, mediaType: 'text/csv', text };
}

/** Spreadsheets take a cell that begins like a formula for one: a quote in front makes it text. */
function cell(value: string): string {
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
