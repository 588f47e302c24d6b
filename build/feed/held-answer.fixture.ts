import type { ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Somebody's own server whose one answer begins and goes on until it is told to end. */
export interface HeldAnswer {
  readonly url: string;
  readonly model: string;
  /** Resolves once somebody listens to the answer. */
  readonly begun: Promise<void>;
  end(): void;
  close(): Promise<void>;
}

export async function holdAnswer(): Promise<HeldAnswer> {
  const model = 'held';
  const begun = Promise.withResolvers<undefined>();
  let answering: ServerResponse | undefined;
  const server = createServer((request, response) => {
    if (request.url?.endsWith('/models')) {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ object: 'list', data: [{ id: model, object: 'model' }] }));
    } else if (request.url?.endsWith('/chat/completions')) {
      answering = response;
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(event(model, { content: 'One, ' }, null));
      begun.resolve(undefined);
    } else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    model,
    url: `http://127.0.0.1:${port.toString()}`,
    begun: begun.promise,
    end() {
      answering?.end(`${event(model, { content: 'two.' }, 'stop')}data: [DONE]\n\n`);
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => {
          resolve();
        });
      }),
  };
}

function event(model: string, delta: object, finish: string | null): string {
  const choices = [{ index: 0, delta, finish_reason: finish }];
  const chunk = { id: 'a', object: 'chat.completion.chunk', created: 1, model, choices };
  return `data: ${JSON.stringify(chunk)}\n\n`;
}
