/** RFC 4180: fields in quotes where they need them, lines end in CRLF, the first one names the columns. */
export function toCsv(
  columns: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string {
  return [columns, ...rows].map((row) => `${row.map(field).join(',')}\r\n`).join('');
}

function field(value: string | number): string {
  if (typeof value === 'number') return value.toString();
  const text = isFormula(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Spreadsheets run what begins like this, and names of keys and models come from anybody. */
function isFormula(text: string): boolean {
  return /^[\s]*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]|^[\t\r\n]/.test(text);
}

/** Longer than any line of names and choices; what is read by a pattern has to be short. */
const longestLine = 5000;
const fieldPattern = /\s*(?:"((?:[^"]|"")*)"\s*|([^",;\t]*))(?:[,;\t]|$)/y;

/** A line that holds something. */
export interface CsvLine {
  /** Counts from 1, empty lines too. */
  readonly line: number;
  /** Without quotes and the space around them; a sentence where the line makes no sense. */
  readonly fields: readonly string[] | string;
}

/**
 * The lines of a table, as spreadsheets write it: fields apart by commas, semicolons or tabs, in quotes
 * where they hold one of these, with `""` for a quote. A field never goes over the end of its line.
 */
export function readCsv(text: string, { longest = longestLine } = {}): readonly CsvLine[] {
  return text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\r|\n/)
    .map((content, index) => ({ line: index + 1, content }))
    .filter(({ content }) => content.trim() !== '')
    .map(({ line, content }) => ({
      line,
      fields: content.length > longest ? 'The line is too long' : splitFields(content),
    }));
}

function splitFields(line: string): readonly string[] | string {
  const fields: string[] = [];
  fieldPattern.lastIndex = 0;
  while (fieldPattern.lastIndex < line.length) {
    const match = fieldPattern.exec(line);
    if (match === null) return 'A quote is opened and not closed';
    fields.push((match[1]?.replaceAll('""', '"') ?? match[2] ?? '').trim());
  }
  return fields;
}
