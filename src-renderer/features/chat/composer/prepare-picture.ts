import { pictureHeadBytes, planPicture, readPictureHead } from './picture-plan.ts';

/** Browsers often do not know the type of these. */
const pictureName = /\.(?:avif|bmp|gif|heic|heif|jpe?g|jxl|png|tiff?|webp)$/i;
const jpegQuality = 0.9;

/**
 * What is sent of a file. A picture that vision engines would not read as it is (too large, turned, in
 * another format) is drawn again as JPEG, or as PNG where it is see-through. Anything that is no
 * picture, or that this browser cannot decode, comes back untouched: the runtime says what is wrong.
 */
export async function preparePicture(file: File): Promise<Blob> {
  if (!mayBePicture(file)) return file;
  const picture = await decode(file);
  if (picture === undefined) return file;
  try {
    const { width, height } = picture;
    const start = new Uint8Array(await file.slice(0, pictureHeadBytes).arrayBuffer());
    const head = readPictureHead(start);
    const plan = planPicture({ ...head, sizeBytes: file.size, width, height });
    if (plan.kind === 'keep') return file;
    return await redraw(picture, plan, head.format !== 'jpeg');
  } finally {
    picture.close();
  }
}

/** A drawing in SVG is text, which every model can read. */
function mayBePicture({ name, type }: File): boolean {
  if (type === 'image/svg+xml') return false;
  return type.startsWith('image/') || (type === '' && pictureName.test(name));
}

/** Upright, as its EXIF note asks. */
async function decode(file: File): Promise<ImageBitmap | undefined> {
  try {
    return await createImageBitmap(file, { imageOrientation: 'from-image' });
  } catch {
    return undefined; // Damaged, or a format of which this browser has no decoder.
  }
}

async function redraw(
  picture: ImageBitmap,
  { width, height }: { readonly width: number; readonly height: number },
  maySeeThrough: boolean,
): Promise<Blob> {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { willReadFrequently: maySeeThrough });
  if (context === null) throw new Error('This browser draws no pictures');
  context.imageSmoothingQuality = 'high';
  context.drawImage(picture, 0, 0, width, height);
  const keepsAlpha = maySeeThrough && isSeeThrough(context.getImageData(0, 0, width, height).data);
  return canvas.convertToBlob(
    keepsAlpha ? { type: 'image/png' } : { type: 'image/jpeg', quality: jpegQuality },
  );
}

/** Four bytes a pixel, the last of which says how solid it is. */
function isSeeThrough(pixels: Uint8ClampedArray): boolean {
  for (let at = 3; at < pixels.length; at += 4) {
    if (pixels[at] !== 255) return true;
  }
  return false;
}
