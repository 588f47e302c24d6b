/** 32 bits of a text. */
export function hashText(text: string): number {
  let hash = 0x811c_9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x0100_0193);
  }
  return mix(hash);
}

/**
 * How much a key likes a place (32 bits, the more the better): every gateway finds the same favourite
 * without asking, and a place that goes leaves all others' favourites as they are.
 */
export function liking(keyHash: number, placeHash: number): number {
  return mix(Math.imul(keyHash ^ placeHash, 0x9e37_79b1) + placeHash);
}

function mix(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2_ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
