import { openSync, readSync, closeSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { HubFault } from './hub-fault.ts';

const pieceBytes = 256 * 1024;
const pacedPiecesPerSecond = 50;

interface Body {
  readonly content: Uint8Array | string;
  /** Half-open, in bytes of the file. */
  readonly start: number;
  readonly end: number;
  readonly fault: HubFault;
  /** Called with what was handed to the socket. */
  readonly onSent: (bytes: number) => void;
}

/** Writes a part of a file as the fault wants it; resolves when nothing more will be written. */
export async function sendBody(response: ServerResponse, body: Body): Promise<void> {
  const { fault, start } = body;
  const end = body.end + Math.min(0, fault.lengthOff ?? 0);
  const stopAt =
    start + Math.min(fault.stallAfterBytes ?? Infinity, fault.cutAfterBytes ?? Infinity);
  const source = openContent(body.content);
  const startedAt = performance.now();
  try {
    let position = start;
    while (position < Math.min(end, stopAt) && !response.destroyed) {
      const size = Math.min(pieceSize(fault), end - position, stopAt - position);
      const piece = spoil(source.read(position, size), position, fault);
      const hasRoom = response.write(piece);
      position += piece.length;
      body.onSent(piece.length);
      if (!hasRoom) await drained(response);
      const { bytesPerSecond } = fault;
      if (bytesPerSecond !== undefined) {
        const dueMs = ((position - start) / bytesPerSecond) * 1000;
        await sleep(Math.max(0, dueMs - (performance.now() - startedAt)));
      }
    }
    finish(response, fault, position < end);
  } finally {
    source.close();
  }
}

function finish(response: ServerResponse, fault: HubFault, isShort: boolean): void {
  if (response.destroyed) return;
  if (isShort && fault.cutAfterBytes === undefined) return; // a stall: the caller has to leave
  const isLying = (fault.lengthOff ?? 0) > 0;
  if (!isShort && !isLying) response.end();
  // What was written has to arrive before the connection is dropped.
  else response.write('', () => response.socket?.destroy());
}

function pieceSize({ bytesPerSecond }: HubFault): number {
  if (bytesPerSecond === undefined) return pieceBytes;
  return Math.max(1, Math.min(pieceBytes, Math.floor(bytesPerSecond / pacedPiecesPerSecond)));
}

function spoil(piece: Uint8Array, position: number, { flipByteAt }: HubFault): Uint8Array {
  if (flipByteAt === undefined) return piece;
  const index = flipByteAt - position;
  const value = piece[index];
  if (value === undefined) return piece;
  const copy = new Uint8Array(piece); // `slice` of a Buffer would be the very same memory
  copy[index] = value ^ 0xff;
  return copy;
}

function openContent(content: Uint8Array | string) {
  if (typeof content !== 'string') {
    return {
      read: (position: number, size: number) => content.subarray(position, position + size),
      close() {},
    };
  }
  const file = openSync(content, 'r');
  return {
    read(position: number, size: number) {
      const piece = new Uint8Array(size);
      return piece.subarray(0, readSync(file, piece, 0, size, position));
    },
    close: () => {
      closeSync(file);
    },
  };
}

async function drained(response: ServerResponse): Promise<void> {
  await new Promise<void>((resolve) => {
    const done = (): void => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
  });
}
