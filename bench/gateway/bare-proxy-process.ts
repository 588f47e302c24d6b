import { createServer } from 'node:http';
import { pipeline } from 'node:stream';
import { Pool } from 'undici';
import { answerBenchmark } from './measured-child.ts';

/** The least that a gateway can do: bytes in, bytes out, one pool of connections. No keys, no limits, no log. */

const [upstreamPort = ''] = process.argv.slice(2);
const pool = new Pool(`http://127.0.0.1:${upstreamPort}`, { connections: 1024 });
const server = createServer({ noDelay: true }, (request, response) => {
  const pieces: Buffer[] = [];
  request.on('data', (piece: Buffer) => pieces.push(piece));
  request.on('end', () => {
    const leave = new AbortController();
    response.once('close', () => {
      if (!response.writableFinished) leave.abort();
    });
    pool
      .request({
        path: request.url ?? '/',
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: Buffer.concat(pieces),
        signal: leave.signal,
      })
      .then(({ body, headers, statusCode }) => {
        response.writeHead(statusCode, { 'content-type': String(headers['content-type']) });
        pipeline(body, response, () => {});
      })
      .catch(() => response.destroy());
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  answerBenchmark({ type: 'ready', port }, () => {
    server.closeAllConnections();
    server.close();
  });
});
