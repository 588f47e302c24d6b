import mammoth from 'mammoth';
import { MillpondError } from '../../core/error.ts';

/** The text of a Word document, a blank line between paragraphs. */
export async function readDocx(name: string, body: Uint8Array): Promise<string> {
  try {
    const { value } = await mammoth.extractRawText({ buffer: Buffer.from(body) });
    return value.trim();
  } catch (cause) {
    throw new MillpondError(
      'invalid-request',
      `“${name}” is damaged and can't be read as a Word document.`,
      { cause },
    );
  }
}
