import { extname } from 'node:path';
import { MillpondError } from '../../core/error.ts';
import type { ExtractedText } from '../ports.ts';
import { docxMediaType, pdfMediaType, textMediaType } from './media-type.ts';
import { decodeText } from './text-encoding.ts';

/** More text than any model reads; beyond it a file is a mistake. */
export const mostCharacters = 10_000_000;

/** The text of a file, told apart by its first bytes. Rejects with one sentence for people. */
export async function extractText(name: string, body: Uint8Array): Promise<ExtractedText> {
  const extracted = await read(name, body);
  const characters = extracted.pageTexts.reduce((sum, text) => sum + text.length, 0);
  if (characters > mostCharacters) {
    throw new MillpondError(
      'too-large',
      `“${name}” holds ${characters.toLocaleString('en')} characters of text; ` +
        `at most ${mostCharacters.toLocaleString('en')} can be attached. Split it first.`,
    );
  }
  if (characters === 0) throw new MillpondError('invalid-request', `“${name}” holds no text.`);
  return extracted;
}

async function read(name: string, body: Uint8Array): Promise<ExtractedText> {
  if (startsWith(body, '%PDF-')) {
    // Loaded on demand: text files, the common case, need neither library.
    const { readPdf } = await import('./pdf-text.ts');
    return { mediaType: pdfMediaType, pageTexts: await readPdf(name, body), hasPages: true };
  }
  if (startsWith(body, 'PK') && extname(name).toLowerCase() === '.docx') {
    const { readDocx } = await import('./docx-text.ts');
    return { mediaType: docxMediaType, pageTexts: [await readDocx(name, body)], hasPages: false };
  }
  const text = isKnownBinary(body) ? undefined : decodeText(body);
  if (text === undefined) throw notText(name);
  return { mediaType: textMediaType(name), pageTexts: [text], hasPages: false };
}

function isKnownBinary(body: Uint8Array): boolean {
  return ['PK\u0003\u0004', '\u007fELF', 'GGUF', 'RIFF'].some((mark) => startsWith(body, mark));
}

function startsWith(body: Uint8Array, mark: string): boolean {
  return Array.from(mark).every((character, index) => body[index] === character.charCodeAt(0));
}

function notText(name: string): MillpondError {
  const isOldWord = extname(name).toLowerCase() === '.doc';
  return new MillpondError(
    'invalid-request',
    isOldWord
      ? `“${name}” is in Word's old format. Save it as .docx, then attach it again.`
      : `“${name}” is not text. Text, source code, CSV, Markdown, JSON, PDF and Word files (.docx) can be attached.`,
  );
}
