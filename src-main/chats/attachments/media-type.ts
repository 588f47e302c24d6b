import { extname } from 'node:path';

const mediaTypes: Readonly<Record<string, string>> = {
  '.csv': 'text/csv',
  '.htm': 'text/html',
  '.html': 'text/html',
  '.json': 'application/json',
  '.md': 'text/markdown',
  '.markdown': 'text/markdown',
  '.tsv': 'text/tab-separated-values',
  '.xml': 'application/xml',
  '.yaml': 'application/yaml',
  '.yml': 'application/yaml',
};

/** What kind of text a file holds, by its name. Source code is plain text. */
export function textMediaType(name: string): string {
  return mediaTypes[extname(name).toLowerCase()] ?? 'text/plain';
}

export const pdfMediaType = 'application/pdf';
export const docxMediaType =
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
