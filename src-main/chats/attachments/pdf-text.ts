import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import {
  getDocument,
  type PDFDocumentProxy,
  VerbosityLevel,
} from 'pdfjs-dist/legacy/build/pdf.mjs';
import { MillpondError } from '../../core/error.ts';

const packageFolder = dirname(createRequire(import.meta.url).resolve('pdfjs-dist/package.json'));

/** The text of each page. Rejects when the file is locked, broken, or pictures only. */
export async function readPdf(name: string, body: Uint8Array): Promise<readonly string[]> {
  const task = getDocument({
    data: new Uint8Array(body), // pdf.js takes its bytes away from the caller
    // Tables for Chinese, Japanese and Korean fonts; without them their text is lost.
    cMapUrl: `${join(packageFolder, 'cmaps')}/`,
    standardFontDataUrl: `${join(packageFolder, 'standard_fonts')}/`,
    disableFontFace: true,
    useSystemFonts: false,
    verbosity: VerbosityLevel.ERRORS,
  });
  try {
    const texts = await pageTexts(await task.promise);
    if (texts.some((text) => text.trim() !== '')) return texts;
  } catch (error) {
    throw unreadable(name, error);
  } finally {
    await task.destroy();
  }
  throw new MillpondError(
    'invalid-request',
    `“${name}” holds pictures of pages but no text, as scans do. Run text recognition (OCR) on it first.`,
  );
}

async function pageTexts(pdf: PDFDocumentProxy): Promise<string[]> {
  const texts: string[] = [];
  for (let number = 1; number <= pdf.numPages; number += 1) {
    const page = await pdf.getPage(number);
    const { items } = await page.getTextContent();
    texts.push(
      items
        .map((item) => ('str' in item ? item.str + (item.hasEOL ? '\n' : '') : ''))
        .join('')
        .trim(),
    );
    page.cleanup();
  }
  return texts;
}

function unreadable(name: string, cause: unknown): MillpondError {
  const isLocked = cause instanceof Error && cause.name === 'PasswordException';
  return new MillpondError(
    'invalid-request',
    isLocked
      ? `“${name}” is protected by a password. Save a copy without one, then attach it again.`
      : `“${name}” is damaged and can't be read as a PDF.`,
    { cause },
  );
}
