const timestampDigits = 12;
const randomBytesPerId = 10;
/** Looked up, because every request is given an id. */
const hexOfByte = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** A UUIDv7 (RFC 9562): sorts by creation time. Pure; the caller brings time and randomness. */
export function uuidV7(nowMs: number, random: Uint8Array): string {
  const time = Math.floor(nowMs).toString(16).padStart(timestampDigits, '0');
  let tail = '';
  for (let index = 0; index < randomBytesPerId; index += 1) {
    let byte = random[index] ?? 0;
    if (index === 0) byte = (byte & 0x0f) | 0x70;
    if (index === 2) byte = (byte & 0x3f) | 0x80;
    tail += hexOfByte[byte] ?? '';
  }
  return `${time.slice(0, 8)}-${time.slice(8)}-${tail.slice(0, 4)}-${tail.slice(4, 8)}-${tail.slice(8)}`;
}

/** Asking for random bytes costs more than everything else here, so many are asked for at once. */
const pool = new Uint8Array(randomBytesPerId * 256);
let poolUsed = pool.length;

/** A new UUIDv7 from the platform's clock and random source (present in Node and in browsers). */
export function newId(): string {
  if (poolUsed === pool.length) {
    const { crypto } = globalThis as unknown as {
      crypto: { getRandomValues(array: Uint8Array): Uint8Array };
    };
    crypto.getRandomValues(pool);
    poolUsed = 0;
  }
  const random = pool.subarray(poolUsed, poolUsed + randomBytesPerId);
  poolUsed += randomBytesPerId;
  return uuidV7(Date.now(), random);
}
