import { expect, test } from 'vitest';
import { pictureUrl, recognisePicture } from './picture.ts';

/** One red pixel. */
const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC',
  'base64',
);

test('knows a picture by its bytes, whatever it is called', () => {
  expect(recognisePicture('photo.txt', png)).toEqual({ mediaType: 'image/png', tokens: 1 });
});

test('reckons larger pictures by their patches, up to what models shrink them to', () => {
  const wide = Buffer.from(png);
  wide.writeUInt32BE(280, 16);
  wide.writeUInt32BE(280, 20);
  expect(recognisePicture('a.png', wide)?.tokens).toBe(100);
  wide.writeUInt32BE(8000, 16);
  wide.writeUInt32BE(8000, 20);
  expect(recognisePicture('a.png', wide)?.tokens).toBe(1600);
});

test('leaves text and unknown bytes to others', () => {
  expect(recognisePicture('a.txt', Buffer.from('just words'))).toBeUndefined();
  expect(
    recognisePicture('a.svg', Buffer.from('<svg width="4" height="4"></svg>')),
  ).toBeUndefined();
});

test('refuses a picture that no engine decodes, saying what to do', () => {
  const tiff = Buffer.from(
    '49492a000800000002000001030001000000080000000101030001000000080000000000',
    'hex',
  );
  expect(() => recognisePicture('scan.tif', tiff)).toThrow(/Save it as PNG or JPEG/);
});

test('refuses an enormous file before it reaches a model', () => {
  const big = Buffer.concat([png, Buffer.alloc(21 * 1024 * 1024)]);
  expect(() => recognisePicture('big.png', big)).toThrow(/larger than 20 MB/);
});

test('travels as a data address', () => {
  expect(pictureUrl('image/png', new Uint8Array([1, 2, 3]))).toBe('data:image/png;base64,AQID');
});
