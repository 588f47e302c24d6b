/** Names that Windows gives to devices, with any extension. */
const reservedName = /^(?:con|prn|aux|nul|com[\d¹²³]|lpt[\d¹²³])(?:\.|$)/i;
/** What a file name may not hold on one of our systems: control characters, and what Windows refuses. */
const refusedCharacters = /[\u0000-\u001f\u007f<>:"|?*\\]/;
const maxPathLength = 400;
const maxNameBytes = 240;

/**
 * A path that a hub names, if it may become one on this disk: relative, with forward slashes, and a
 * name that every system takes. Undefined for anything that could leave its folder or surprise.
 */
export function checkedPath(path: string): string | undefined {
  if (path === '' || path.length > maxPathLength || refusedCharacters.test(path)) return undefined;
  return path.split('/').every(isPlainName) ? path : undefined;
}

function isPlainName(name: string): boolean {
  return (
    name !== '' &&
    name !== '.' &&
    name !== '..' &&
    Buffer.byteLength(name) <= maxNameBytes &&
    !/[ .]$/.test(name) &&
    !reservedName.test(name)
  );
}
