import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { entryFile, programFilesAt } from '../../platform/program-files.ts';
import { makeDocx, makePdf } from '../../testing/file-samples.ts';
import { extractText, mostCharacters } from './extract-text.ts';
import { createWorkerTextExtractor } from './worker-text-extractor.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const refused = (sentence: RegExp) => ({
  name: 'MillpondError',
  message: expect.stringMatching(sentence) as string,
});

describe('text files', () => {
  test.each([
    ['notes.md', 'text/markdown'],
    ['table.csv', 'text/csv'],
    ['data.JSON', 'application/json'],
    ['main.rs', 'text/plain'],
    ['Makefile', 'text/plain'],
  ])('%s is read as it is', async (name, mediaType) => {
    expect(await extractText(name, bytes('a,b\r\n1,二\r\n'))).toEqual({
      mediaType,
      pageTexts: ['a,b\n1,二\n'],
      hasPages: false,
    });
  });

  test.each([
    ['UTF-8 with a mark', [0xef, 0xbb, 0xbf, 0xe5, 0xa4, 0xa9], '天'],
    ['UTF-16, little end first', [0xff, 0xfe, 0x29, 0x59, 0x61, 0x00], '天a'],
    ['UTF-16, big end first', [0xfe, 0xff, 0x59, 0x29], '天'],
    ['GB18030', [0xcc, 0xec, 0xc6, 0xf8, 0x0a, 0x6f, 0x6b], '天气\nok'],
    ['Windows-1252', [0x63, 0x61, 0x66, 0xe9], 'café'],
  ])('%s is recognised', async (_, body, text) => {
    expect((await extractText('a.txt', new Uint8Array(body))).pageTexts).toEqual([text]);
  });

  test.each([
    ['picture.png', [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]],
    ['sheet.xlsx', [0x50, 0x4b, 0x03, 0x04, 0x14]],
    ['model.gguf', [0x47, 0x47, 0x55, 0x46, 3]],
    ['noise.txt', [1, 2, 3, 4, 5, 6, 7, 8]],
  ])('%s is refused in one sentence that names it', async (name, body) => {
    await expect(extractText(name, new Uint8Array(body))).rejects.toMatchObject(
      refused(new RegExp(`^“${name}” is not text\\. .*can be attached\\.$`)),
    );
  });

  test("Word's old format is refused with what to do", async () => {
    const body = new Uint8Array([0xd0, 0xcf, 0x11, 0xe0, 0, 0]);
    await expect(extractText('old.doc', body)).rejects.toMatchObject(refused(/Save it as \.docx/));
  });

  test('an empty file and one with far too much text are refused', async () => {
    await expect(extractText('a.txt', bytes(''))).rejects.toMatchObject(refused(/holds no text/));
    const huge = new Uint8Array(mostCharacters + 1).fill(0x61);
    await expect(extractText('a.txt', huge)).rejects.toMatchObject({ code: 'too-large' });
  });
});

describe('PDF', () => {
  test('each page keeps its own text, also an empty one', async () => {
    const pdf = makePdf(['First page', '', 'Third page']);
    expect(await extractText('plan.pdf', pdf)).toEqual({
      mediaType: 'application/pdf',
      pageTexts: ['First page', '', 'Third page'],
      hasPages: true,
    });
  });

  test('a scan, a locked file and a broken one each get their own sentence', async () => {
    await expect(extractText('scan.pdf', makePdf(['', '']))).rejects.toMatchObject(
      refused(/pictures of pages but no text.*OCR/),
    );
    await expect(
      extractText('secret.pdf', makePdf(['Secret'], { locked: true })),
    ).rejects.toMatchObject(refused(/protected by a password/));
    await expect(extractText('torn.pdf', makePdf(['Torn']).subarray(0, 60))).rejects.toMatchObject(
      refused(/is damaged and can't be read as a PDF/),
    );
  });
});

describe('Word', () => {
  test('paragraphs are read', async () => {
    const { mediaType, pageTexts } = await extractText('a.docx', makeDocx(['One', '二']));
    expect(mediaType).toContain('wordprocessingml');
    expect(pageTexts).toEqual(['One\n\n二']);
  });

  test('a broken one is refused', async () => {
    await expect(extractText('a.docx', makeDocx(['One']).subarray(0, 80))).rejects.toMatchObject(
      refused(/can't be read as a Word document/),
    );
  });
});

describe('the extraction worker', () => {
  const workerFile = entryFile(
    programFilesAt(join(import.meta.dirname, '..', '..')),
    'attachment-worker',
  );

  test('reads a file in its own thread and brings its refusals back', async () => {
    const extractor = createWorkerTextExtractor({ workerFile });
    expect((await extractor.extract('a.pdf', makePdf(['Hello']))).pageTexts).toEqual(['Hello']);
    await expect(extractor.extract('a.bin', new Uint8Array([0, 1]))).rejects.toMatchObject({
      code: 'invalid-request',
      message: expect.stringContaining('a.bin') as string,
    });
  });

  test('a reader that takes too long is ended, and says so', async () => {
    const extractor = createWorkerTextExtractor({ workerFile, timeLimitMs: 1 });
    await expect(extractor.extract('slow.txt', bytes('slow'))).rejects.toMatchObject(
      refused(/takes too much time/),
    );
  });

  test('a reader that needs too much memory is ended, and says so', async () => {
    const extractor = createWorkerTextExtractor({ workerFile, memoryLimitMb: 8 });
    const pages = Array.from({ length: 3_000 }, (_, index) => `page ${index} `.repeat(20));
    await expect(extractor.extract('big.pdf', makePdf(pages))).rejects.toMatchObject(
      refused(/takes too much memory/),
    );
  });

  test('a small archive that unpacks to a huge one is given up before it fills the memory', async () => {
    const bomb = makeDocx(['a'.repeat(120_000_000)], { compressed: true });
    expect(bomb.byteLength).toBeLessThan(1_000_000);
    const bounded = createWorkerTextExtractor({
      workerFile,
      memoryLimitMb: 4096,
      growthLimitMb: 64,
    });
    await expect(bounded.extract('bomb.docx', bomb)).rejects.toMatchObject(
      refused(/takes too much memory/),
    );
    const small = makeDocx(['A small one.'], { compressed: true });
    expect((await bounded.extract('small.docx', small)).pageTexts).toEqual(['A small one.']);
  });

  test('a reader that dies costs only its file', async () => {
    const extractor = createWorkerTextExtractor({ workerFile: join(workerFile, 'missing.ts') });
    await expect(extractor.extract('a.txt', bytes('a'))).rejects.toMatchObject(
      refused(/could not be read/),
    );
  });
});
