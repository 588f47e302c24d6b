import type { BodyPart } from '../gen/millpond/tunnel/v1/tunnel.ts';

interface Drainable {
  once(event: 'drain' | 'close', listener: () => void): unknown;
  off(event: 'drain' | 'close', listener: () => void): unknown;
  readonly destroyed: boolean;
}

/** Writes the parts of a large request, waiting whenever the stream is full. Ends early with the stream. */
export async function writeBody(
  parts: readonly Buffer[],
  write: (part: BodyPart) => boolean,
  stream: Drainable,
): Promise<void> {
  for (const [index, data] of parts.entries()) {
    if (stream.destroyed) return;
    const hasRoom = write({ data, isLast: index === parts.length - 1 });
    if (!hasRoom) await drained(stream);
  }
}

function drained(stream: Drainable): Promise<void> {
  return new Promise((resolve) => {
    const settle = (): void => {
      stream.off('drain', settle);
      stream.off('close', settle);
      resolve();
    };
    stream.once('drain', settle);
    stream.once('close', settle);
  });
}
