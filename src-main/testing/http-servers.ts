import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** Starts an HTTP server on a free port of 127.0.0.1 until the test has finished; gives its origin. */
export async function serveHttp(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  await listening(server);
  return `http://127.0.0.1:${portOf(server).toString()}`;
}

export interface TestProxy {
  readonly url: string;
  /** The destinations that it was asked for, as `host:port` or URL. */
  readonly asked: readonly string[];
}

/** An HTTP proxy that answers plain requests itself, and refuses to open tunnels. */
export async function startProxy(answer: RequestListener): Promise<TestProxy> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    answer(request, response);
  });
  server.on('connect', (request, socket) => {
    asked.push(request.url ?? '');
    socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
  });
  await listening(server);
  return { url: `http://127.0.0.1:${portOf(server).toString()}`, asked };
}

async function listening(server: Server): Promise<void> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
}

function portOf(server: Server): number {
  const { port } = server.address() as AddressInfo;
  return port;
}
