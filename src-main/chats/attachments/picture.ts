import { imageSize } from 'image-size';
import { MillpondError } from '../../core/error.ts';

/** A picture that models can be sent, told by its bytes. */
export interface Picture {
  readonly mediaType: string;
  /** About how many tokens a model spends on it. */
  readonly tokens: number;
}

/** What the decoders of vision engines read. */
const mediaTypes: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  gif: 'image/gif',
  bmp: 'image/bmp',
  webp: 'image/webp',
};

const mostBytes = 20 * 1024 * 1024;
/** Most vision models read one token from a patch of 28 × 28 pixels, and shrink larger pictures to about this many. */
const pixelsPerToken = 28 * 28;
const mostTokens = 1600;

/** Undefined when the bytes are no picture at all; rejects a picture that cannot be sent. */
export function recognisePicture(name: string, body: Uint8Array): Picture | undefined {
  const size = measure(body);
  if (size?.type === undefined) return undefined;
  const mediaType = mediaTypes[size.type];
  if (mediaType === undefined) {
    // An SVG is text and stays readable as such; the others are pictures that no engine decodes.
    if (size.type === 'svg') return undefined;
    throw new MillpondError(
      'invalid-request',
      `“${name}” is a ${size.type.toUpperCase()} picture, which models cannot read. Save it as PNG or JPEG, then attach it again.`,
    );
  }
  if (body.byteLength > mostBytes) {
    throw new MillpondError(
      'too-large',
      `“${name}” is larger than 20 MB. Make the picture smaller, then attach it again.`,
    );
  }
  const patches = Math.ceil((size.width * size.height) / pixelsPerToken);
  return { mediaType, tokens: Math.min(mostTokens, Math.max(1, patches)) };
}

/** How a picture travels inside a request. */
export function pictureUrl(mediaType: string, picture: Uint8Array): string {
  return `data:${mediaType};base64,${Buffer.from(picture).toString('base64')}`;
}

function measure(body: Uint8Array): ReturnType<typeof imageSize> | undefined {
  try {
    return imageSize(body);
  } catch {
    return undefined; // Not a picture, or one whose head is damaged.
  }
}
