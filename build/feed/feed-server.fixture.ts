import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

/** How the files of a site are given, until it is changed. */
export interface FeedServerFaults {
  /** Each answer about a package breaks off after so many bytes. */
  cutAfterBytes?: number;
  /** Packages are given so slowly that a download can be caught under way. */
  bytesPerSecond?: number;
}

export interface FeedServer {
  readonly origin: string;
  readonly faults: FeedServerFaults;
  /** Bytes of packages that were sent, over all answers. */
  readonly sentBytes: () => number;
  close(): Promise<void>;
}

const tickMs = 50;

/** A server of plain files with ranges, as every web server is one. */
export async function serveFeed(folder: string): Promise<FeedServer> {
  const faults: FeedServerFaults = {};
  let sent = 0;
  const server = createServer((request, response) => {
    const file = join(folder, new URL(request.url ?? '/', 'http://x').pathname);
    if (!existsSync(file)) {
      response.writeHead(404).end();
      return;
    }
    send(file, request, response, { ...faults, onSent: (bytes) => (sent += bytes) });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port.toString()}`,
    faults,
    sentBytes: () => sent,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => {
          resolve();
        });
      }),
  };
}

function send(
  file: string,
  { headers }: IncomingMessage,
  response: ServerResponse,
  { cutAfterBytes, bytesPerSecond, onSent }: FeedServerFaults & { onSent: (bytes: number) => void },
): void {
  const { size } = statSync(file);
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? '') ?? [];
  const start = Number(first ?? 0);
  const end = Math.min(size - 1, last === undefined || last === '' ? size - 1 : Number(last));
  const isPackage = /\.(gz|deb)$/.test(file);
  response.writeHead(first === undefined ? 200 : 206, {
    'content-length': end - start + 1,
    'accept-ranges': 'bytes',
    ...(first !== undefined && {
      'content-range': `bytes ${start.toString()}-${end.toString()}/${size.toString()}`,
    }),
  });
  const limit = isPackage ? (cutAfterBytes ?? Infinity) : Infinity;
  const stream = createReadStream(file, { start, end: Math.min(end, start + limit - 1) });
  stream.on('data', (piece) => {
    if (isPackage) onSent(piece.length);
    if (!isPackage || bytesPerSecond === undefined) return;
    stream.pause();
    setTimeout(() => stream.resume(), Math.max(tickMs, (piece.length / bytesPerSecond) * 1000));
  });
  stream.once('end', () => {
    if (limit < end - start + 1) response.destroy();
  });
  stream.pipe(response, { end: limit >= end - start + 1 });
  response.once('close', () => stream.destroy());
}
