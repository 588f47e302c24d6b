/** What the first bytes of a picture say. */
export interface PictureHead {
  /** `other` is anything that some vision engine cannot decode. */
  readonly format: 'png' | 'jpeg' | 'other';
  /** A note in the file asks for it to be turned or mirrored, which engines do not read. */
  readonly isTurned: boolean;
}

/** A picture as the browser decoded it. */
export interface PictureFacts extends PictureHead {
  readonly sizeBytes: number;
  /** Pixels, after turning. */
  readonly width: number;
  readonly height: number;
}

/** `keep` sends the file as it is, `redraw` a drawing of it in these pixels. */
export type PicturePlan =
  | { readonly kind: 'keep' }
  | { readonly kind: 'redraw'; readonly width: number; readonly height: number };

/** Vision models shrink larger pictures themselves, so more would only cost time on the way. */
const longestEdgePx = 2048;
const mostKeptBytes = 4 * 1024 * 1024;
/** As much of a file as `readPictureHead` needs: the largest segment that can stand before the note. */
export const pictureHeadBytes = 2 * 64 * 1024;

/** Whether a picture can be sent untouched, or how large it is drawn again. Never enlarges. */
export function planPicture({
  format,
  isTurned,
  sizeBytes,
  width,
  height,
}: PictureFacts): PicturePlan {
  const longest = Math.max(width, height);
  const isPlain = format !== 'other' && !isTurned;
  if (isPlain && longest <= longestEdgePx && sizeBytes <= mostKeptBytes) return { kind: 'keep' };
  const scale = Math.min(1, longestEdgePx / longest);
  const scaled = (edge: number): number => Math.max(1, Math.round(edge * scale));
  return { kind: 'redraw', width: scaled(width), height: scaled(height) };
}

const pngSignature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** Believes the bytes: names and declared types of files from the network are often wrong. */
export function readPictureHead(bytes: Uint8Array): PictureHead {
  if (pngSignature.every((value, index) => bytes[index] === value)) {
    return { format: 'png', isTurned: false };
  }
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8 || bytes[2] !== 0xff) {
    return { format: 'other', isTurned: false };
  }
  return { format: 'jpeg', isTurned: jpegOrientation(bytes) > 1 };
}

const exifSegment = 0xe1;
const startOfScan = 0xda;
const exifName = 0x45786966;

/** The EXIF orientation, 1 to 8; 1 is upright, and what a file without a readable note is. */
function jpegOrientation(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 2;
  while (at + 4 <= view.byteLength && view.getUint8(at) === 0xff) {
    const marker = view.getUint8(at + 1);
    const length = view.getUint16(at + 2);
    if (marker === startOfScan || length < 2) return 1;
    const end = Math.min(at + 2 + length, view.byteLength);
    const isExif = marker === exifSegment && at + 18 <= end && view.getUint32(at + 4) === exifName;
    if (isExif)
      return tiffOrientation(new DataView(bytes.buffer, bytes.byteOffset + at + 10, end - at - 10));
    at += 2 + length;
  }
  return 1;
}

const orientationTag = 0x0112;

function tiffOrientation(tiff: DataView): number {
  const isLittle = tiff.getUint16(0) === 0x4949;
  const directory = tiff.getUint32(4, isLittle);
  if (directory + 2 > tiff.byteLength) return 1;
  const count = tiff.getUint16(directory, isLittle);
  for (let index = 0; index < count; index += 1) {
    const entry = directory + 2 + index * 12;
    if (entry + 12 > tiff.byteLength) return 1;
    if (tiff.getUint16(entry, isLittle) === orientationTag) {
      return tiff.getUint16(entry + 8, isLittle);
    }
  }
  return 1;
}
