import { request } from 'node:http';
import type { Agent, IncomingMessage } from 'node:http';

export interface PostTarget {
  readonly port: number;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Keeps connections; absent opens one for this request. */
  readonly agent?: Agent;
}

/** The data of one server-sent event; `[DONE]` too. */
export type OnEvent = (data: string) => void;

/**
 * Posts JSON and reads the answer as server-sent events. Resolves at its end; rejects for another
 * status than 200 and when the connection breaks. Aborting closes the socket.
 */
export async function streamEvents(
  target: PostTarget,
  body: unknown,
  { onEvent, signal }: { readonly onEvent: OnEvent; readonly signal?: AbortSignal },
): Promise<void> {
  const incoming = await post(target, body, signal);
  incoming.setEncoding('utf8');
  if (incoming.statusCode !== 200) throw await refusalOf(incoming);
  let rest = '';
  return new Promise((resolve, reject) => {
    incoming.on('data', (text: string) => {
      const known = rest + text;
      // Providers may end lines in either way, and what they say is passed on as it is.
      const frames = (known.includes('\r') ? known.replaceAll('\r\n', '\n') : known).split('\n\n');
      rest = frames.pop() ?? '';
      for (const frame of frames) {
        if (frame.startsWith('data:')) onEvent(frame.slice(frame[5] === ' ' ? 6 : 5));
      }
    });
    incoming.on('end', resolve);
    incoming.on('error', reject);
  });
}

/** Posts JSON and returns the whole body. Rejects for another status than 200. */
export async function postJson(
  target: PostTarget,
  body: unknown,
  signal?: AbortSignal,
): Promise<string> {
  const incoming = await post(target, body, signal);
  if (incoming.statusCode !== 200) throw await refusalOf(incoming);
  return textOf(incoming);
}

function post(target: PostTarget, body: unknown, signal?: AbortSignal): Promise<IncomingMessage> {
  const { agent, headers, path, port } = target;
  const payload = Buffer.from(JSON.stringify(body));
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        ...{ host: '127.0.0.1', port, path, method: 'POST', agent: agent ?? false },
        headers: {
          ...headers,
          'content-type': 'application/json',
          'content-length': payload.byteLength,
        },
        ...(signal !== undefined && { signal }),
      },
      resolve,
    );
    outgoing.on('error', reject);
    outgoing.setNoDelay(true);
    outgoing.end(payload);
  });
}

async function refusalOf(incoming: IncomingMessage): Promise<Error> {
  const text = await textOf(incoming);
  return new Error(`The server answered ${String(incoming.statusCode)}: ${text.slice(0, 300)}`);
}

async function textOf(incoming: IncomingMessage): Promise<string> {
  incoming.setEncoding('utf8');
  let text = '';
  for await (const piece of incoming) text += String(piece);
  return text;
}
