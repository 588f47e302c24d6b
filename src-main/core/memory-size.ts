const mebibyte = 1024 ** 2;
const gibibyte = 1024 ** 3;

/**
 * Memory in a sentence, in the powers of two it is sold in, as the window writes it: `3.2 GB`,
 * `640 MB`. Rounded up, so that it never names less than what is missing.
 */
export function formatMemory(bytes: number): string {
  const megabytes = Math.ceil(bytes / mebibyte);
  if (megabytes < 1000) return `${String(megabytes)} MB`;
  const tenths = Math.ceil((bytes / gibibyte) * 10);
  return `${tenths >= 1000 ? String(Math.ceil(tenths / 10)) : String(tenths / 10)} GB`;
}
