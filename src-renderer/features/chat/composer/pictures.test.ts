import { describe, expect, test } from 'vitest';
import { pastedFiles } from './pasted-files.ts';
import { planPicture, readPictureHead } from './picture-plan.ts';
import type { PictureFacts } from './picture-plan.ts';

const photo: PictureFacts = {
  format: 'jpeg',
  isTurned: false,
  sizeBytes: 900_000,
  width: 2048,
  height: 1536,
};

describe('a picture before it is sent', () => {
  test('stays untouched when every vision engine reads it as it is', () => {
    expect(planPicture(photo)).toEqual({ kind: 'keep' });
    expect(planPicture({ ...photo, format: 'png', width: 1, height: 1 })).toEqual({ kind: 'keep' });
  });

  test('is made smaller by its longest edge, in proportion', () => {
    const redrawn = { kind: 'redraw', width: 2048, height: 1536 };
    expect(planPicture({ ...photo, width: 8064, height: 6048 })).toEqual(redrawn);
    expect(planPicture({ ...photo, width: 6048, height: 8064 })).toMatchObject({ height: 2048 });
    expect(planPicture({ ...photo, width: 9000, height: 1 })).toMatchObject({ height: 1 });
  });

  test.each([
    ['is in a format that some engines do not read', { format: 'other' as const }],
    ['is heavy for its size', { sizeBytes: 4 * 1024 * 1024 + 1 }],
    ['asks to be turned', { isTurned: true }],
  ])('is drawn again at its own size when it %s', (_, fact) => {
    const small = { ...photo, width: 40, height: 30, ...fact };
    expect(planPicture(small)).toEqual({ kind: 'redraw', width: 40, height: 30 });
  });
});

/** The start of a JPEG: a JFIF segment, one of other notes, then EXIF with one more tag in front. */
function jpegTurned(orientation: number, isLittle: boolean): Uint8Array {
  const tiff = new DataView(new ArrayBuffer(8 + 2 + 2 * 12 + 4));
  tiff.setUint16(0, isLittle ? 0x4949 : 0x4d4d);
  tiff.setUint16(2, 42, isLittle);
  tiff.setUint32(4, 8, isLittle);
  tiff.setUint16(8, 2, isLittle);
  tiff.setUint16(10, 0x010f, isLittle);
  tiff.setUint16(22, 0x0112, isLittle);
  tiff.setUint16(24, 3, isLittle);
  tiff.setUint32(26, 1, isLittle);
  tiff.setUint16(30, orientation, isLittle);
  const exif = [...new TextEncoder().encode('Exif'), 0, 0, ...new Uint8Array(tiff.buffer)];
  const other = [...new TextEncoder().encode('http://ns.adobe.com/xap/1.0/'), 0];
  return Uint8Array.from([
    ...[0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0],
    ...[0xff, 0xe1, 0, other.length + 2, ...other],
    ...[0xff, 0xe1, 0, exif.length + 2, ...exif],
    ...[0xff, 0xda, 0, 2],
  ]);
}

describe('the first bytes of a picture', () => {
  test.each([true, false])('say how a JPEG is turned, little-endian: %s', (isLittle) => {
    expect(readPictureHead(jpegTurned(6, isLittle))).toEqual({ format: 'jpeg', isTurned: true });
    expect(readPictureHead(jpegTurned(1, isLittle))).toEqual({ format: 'jpeg', isTurned: false });
  });

  test('cut anywhere are still read without an error', () => {
    const whole = jpegTurned(8, true);
    for (let length = 3; length < whole.length; length += 1) {
      expect(readPictureHead(whole.slice(0, length)).format).toBe('jpeg');
    }
  });

  test('are believed, whatever the file is called', () => {
    const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0);
    expect(readPictureHead(png).format).toBe('png');
    expect(readPictureHead(new TextEncoder().encode('RIFF....WEBPVP8 ')).format).toBe('other');
    expect(readPictureHead(new Uint8Array()).format).toBe('other');
  });
});

describe('a paste', () => {
  const picture = new File(['x'], 'image.png', { type: 'image/png' });
  const clipboard = (texts: Readonly<Record<string, string>>) => ({
    files: [picture],
    getData: (type: string) => texts[type] ?? '',
  });

  test('of a picture attaches it, also with its place in a page or its file name', () => {
    expect(pastedFiles(clipboard({}))).toEqual([picture]);
    expect(pastedFiles(clipboard({ 'text/html': '<img src="x">' }))).toEqual([picture]);
    expect(pastedFiles(clipboard({ 'text/plain': 'pond.png' }))).toEqual([picture]);
  });

  test('of cells that bring a picture of themselves along stays text', () => {
    const cells = { 'text/plain': '1\t2', 'text/html': '<table></table>' };
    expect(pastedFiles(clipboard(cells))).toEqual([]);
  });
});
