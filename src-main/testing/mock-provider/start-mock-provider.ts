import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Behaviour } from './behaviours.ts';
import { answerPieces, inPiecesOf, streamSteps, wholeAnswer } from './mock-answers.ts';
import type { Step } from './mock-answers.ts';

/** A request as it arrived. */
export interface MockCall {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** The key that it was sent with, in whatever header. */
  readonly key: string;
  /** What was answered, byte for byte. */
  readonly sent: Buffer[];
  /** Resolves when its connection is closed or its answer is over. */
  readonly closed: Promise<void>;
}

/** How a call is answered; one that waits keeps its caller waiting. */
export type Script = (call: MockCall, number: number) => Behaviour | Promise<Behaviour>;

export interface MockProviderOptions {
  readonly models: readonly string[];
  /** Other answers for another one. */
  readonly seed?: number;
  /** Pieces of an answer. */
  readonly pieces?: number;
  /** How a call is answered, its list of models aside; well if absent. */
  readonly behave?: Script;
}

export interface MockProvider {
  /** Where its API begins, such as `http://127.0.0.1:41234/v1`. */
  readonly baseUrl: string;
  /** Everything but questions for its models. */
  readonly calls: readonly MockCall[];
  /** Questions for its models. */
  readonly listings: readonly MockCall[];
  behave: Script;
  close(): Promise<void>;
}

/**
 * A provider of the OpenAI API that does on purpose, and the same way each time, what providers do by
 * accident. Paths that it does not know are answered with what they were sent.
 */
export async function startMockProvider(options: MockProviderOptions): Promise<MockProvider> {
  const calls: MockCall[] = [];
  const listings: MockCall[] = [];
  const { seed = 1, pieces = 8 } = options;
  const server = createServer((request, response) => {
    void receive(request, response)
      .then((call) => handle(call, response))
      .catch(() => response.destroy());
  });

  async function handle(call: MockCall, response: ServerResponse): Promise<void> {
    if (call.method === 'GET' && call.path.startsWith('/v1/models')) {
      listings.push(call);
      const data = options.models.map((id) => ({ id, object: 'model', owned_by: 'mock' }));
      json(call, response, 200, { object: 'list', data });
      return;
    }
    calls.push(call);
    const number = calls.length;
    const behaviour = await provider.behave(call, number);
    if (behaviour.kind === 'hang-before-headers') return;
    if (refuse(call, response, behaviour)) return;
    if (!call.path.startsWith('/v1/chat/completions')) {
      echo(call, response);
      return;
    }
    await chat(call, response, { behaviour, pieces: answerPieces(seed, number, pieces) });
  }

  const provider: MockProvider = {
    baseUrl: '',
    ...{ calls, listings },
    behave: options.behave ?? (() => ({ kind: 'well' })),
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
      });
    },
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(provider, { baseUrl: `http://127.0.0.1:${port.toString()}/v1` });
}

async function receive(request: IncomingMessage, response: ServerResponse): Promise<MockCall> {
  const { headers, method = 'GET', url = '/' } = request;
  const bearer = (headers.authorization ?? '').replace(/^Bearer /, '');
  const key = [bearer, headers['api-key'], headers['x-api-key']].find(
    (each) => typeof each === 'string' && each !== '',
  );
  const closed = new Promise<void>((resolve) => response.once('close', resolve));
  const body = await buffer(request);
  return { method, path: url, headers, body, key: String(key ?? ''), sent: [], closed };
}

/** Failures that come with a status. */
function refuse(call: MockCall, response: ServerResponse, behaviour: Behaviour): boolean {
  switch (behaviour.kind) {
    case 'billing':
      json(call, response, 429, {
        error: {
          message: 'You exceeded your current quota, please check your plan and billing details.',
          type: 'insufficient_quota',
          code: 'insufficient_quota',
        },
      });
      return true;
    case 'auth':
      json(call, response, 401, {
        error: {
          message: `Incorrect API key provided: ${call.key}`,
          type: 'invalid_request_error',
          code: 'invalid_api_key',
        },
      });
      return true;
    case 'rate-limited':
      response.setHeader('retry-after', behaviour.retryAfterS.toString());
      json(call, response, 429, {
        error: { message: 'Rate limit reached for requests', code: 'rate_limit_exceeded' },
      });
      return true;
    case 'server-error':
      json(call, response, 500, { error: { message: 'The server had an error' } });
      return true;
    default:
      return false;
  }
}

interface Plan {
  readonly behaviour: Behaviour;
  readonly pieces: readonly string[];
}

async function chat(call: MockCall, response: ServerResponse, plan: Plan): Promise<void> {
  const asked = JSON.parse(call.body.toString()) as {
    readonly model: string;
    readonly stream?: boolean;
    readonly stream_options?: { readonly include_usage?: boolean };
  };
  const { model } = asked;
  if (asked.stream !== true) {
    await whole(call, response, { ...plan, model });
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
  if (plan.behaviour.kind === 'error-event') {
    const opener = { model, choices: [{ index: 0, delta: { role: 'assistant', content: '' } }] };
    const error = { message: 'The model is overloaded', type: 'server_error', code: 503 };
    const frames = [opener, { error }].map((body) => `data: ${JSON.stringify(body)}\n\n`);
    await play(call, response, [{ do: 'write', bytes: Buffer.from(frames.join('')) }]);
    return;
  }
  const counts = asked.stream_options?.include_usage === true;
  await play(call, response, streamSteps({ ...plan, model, counts }));
}

async function whole(
  call: MockCall,
  response: ServerResponse,
  { behaviour, pieces, model }: Plan & { readonly model: string },
): Promise<void> {
  const body = Buffer.from(JSON.stringify(wholeAnswer(model, pieces)));
  switch (behaviour.kind) {
    case 'error-event':
      json(call, response, 200, { error: { message: 'The model is overloaded', code: 503 } });
      return;
    case 'web-page':
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Welcome</html>');
      return;
    case 'empty-body':
      response.writeHead(200, { 'content-type': 'application/json' }).end();
      return;
    case 'malformed-body':
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(body.subarray(0, body.length - 20));
      return;
    case 'cut-body':
      response.writeHead(200, {
        'content-type': 'application/json',
        'content-length': body.length.toString(),
      });
      await play(call, response, [{ do: 'write', bytes: body.subarray(0, 40) }, { do: 'break' }]);
      return;
    default:
      response.writeHead(200, { 'content-type': 'application/json' });
      await play(call, response, inPiecesOf(body, behaviour.kind === 'split-utf8' ? 3 : 4096));
  }
}

async function play(
  call: MockCall,
  response: ServerResponse,
  steps: readonly Step[],
): Promise<void> {
  for (const step of steps) {
    if (response.destroyed) return;
    if (step.do === 'hang') return;
    if (step.do === 'break') {
      // What was written is on its way before the socket breaks.
      await new Promise<void>((resolve) => response.write('', () => resolve()));
      await nextTurn();
      response.socket?.resetAndDestroy();
      return;
    }
    const bytes = Buffer.from(step.bytes);
    call.sent.push(bytes);
    response.write(bytes);
    await nextTurn();
  }
  response.end();
}

function json(call: MockCall, response: ServerResponse, status: number, body: object): void {
  const bytes = Buffer.from(JSON.stringify(body));
  call.sent.push(bytes);
  response.writeHead(status, { 'content-type': 'application/json' }).end(bytes);
}

function echo(call: MockCall, response: ServerResponse): void {
  const type = call.headers['content-type'] ?? 'application/octet-stream';
  call.sent.push(call.body);
  response.writeHead(200, { 'content-type': type, 'x-mock': call.method }).end(call.body);
}
