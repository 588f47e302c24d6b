/** FNV-1a over UTF-16 units, with its bits spread: neighbours on a ring must not be neighbours in text. */
export function hashText(text: string, start = 0x811c_9dc5): number {
  let hash = start;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x0100_0193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}

/** Chained hashes of a text's whole pieces of `size` characters, at most so many. */
export function* pieceHashes(text: string, size: number, most: number): Generator<number> {
  let hash = 0x811c_9dc5;
  for (let piece = 0; piece < most && (piece + 1) * size <= text.length; piece += 1) {
    hash = hashText(text.slice(piece * size, (piece + 1) * size), hash);
    yield hash;
  }
}
