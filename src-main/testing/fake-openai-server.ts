import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import { planAnswer } from './openai-server/answer-plan.ts';
import type { AnswerPlan, GenerationBody } from './openai-server/answer-plan.ts';
import { ownRoutes } from './openai-server/own-routes.ts';
import { framesOf } from './openai-server/wire-frames.ts';

export type FakeServerKind = 'llama-server' | 'vllm' | 'mlx' | 'ollama' | 'lm-studio' | 'openai';

export interface FakeServedModel {
  readonly id: string;
  /** Tokens; 2,048 unless given. */
  readonly contextLength?: number;
  readonly capabilities?: readonly ('vision' | 'tools' | 'embedding' | 'thinking')[];
  /** Ollama: the company that really runs it. */
  readonly remoteHost?: string;
}

export interface FakeServerOptions {
  /** Decides the shape of everything on the wire. */
  readonly kind: FakeServerKind;
  readonly models: readonly FakeServedModel[];
  /** 0 takes a free one. */
  readonly port?: number;
  /** Bearers that are let in; absent: everybody is. */
  readonly keys?: readonly string[];
  /** Bearers that are told to come back after this many seconds. */
  readonly busyKeys?: Readonly<Record<string, number>>;
  readonly slots?: number;
  /** Time before it counts as loaded; only servers that say so are affected. */
  readonly loadMs?: number;
  /** Time between two pieces of an answer. */
  readonly pieceMs?: number;
}

export interface FakeOpenAiServer {
  /** Such as `http://127.0.0.1:41234`. */
  readonly url: string;
  /** Bodies of the generations it was asked for, in order. */
  readonly bodies: readonly GenerationBody[];
  /** The bearer of each generation, in the same order. */
  readonly bearers: readonly string[];
  /** Generations under way now. */
  running(): number;
  /** Ends at once, open answers included. */
  close(): Promise<void>;
}

/**
 * A server that speaks the OpenAI API with the habits of one real program. It counts up to sixty;
 * marks in the question (see `planAnswer`) make it think, call a tool, break off or fail.
 */
export async function startFakeOpenAiServer(options: FakeServerOptions): Promise<FakeOpenAiServer> {
  const startedAt = Date.now();
  const state = { running: 0, bodies: [] as GenerationBody[], bearers: [] as string[] };
  const isLoaded = (): boolean => Date.now() - startedAt >= (options.loadMs ?? 0);
  const server = createServer((request, response) => {
    void handle(request, response).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : undefined);
    });
  });

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    const body = request.method === 'POST' ? ((await json(request)) as GenerationBody) : undefined;
    const open = ownRoutes(options, { path, body, isLoaded: isLoaded(), running: state.running });
    if (open?.isOpen === true) {
      send(response, open.status ?? 200, open.body);
      return;
    }
    const bearer = (request.headers.authorization ?? '').replace(/^Bearer /, '');
    if (options.keys !== undefined && !options.keys.includes(bearer)) {
      send(response, 401, { error: { message: 'Invalid API key', type: 'invalid_request_error' } });
      return;
    }
    if (open !== undefined) {
      send(response, open.status ?? 200, open.body);
      return;
    }
    if (body === undefined || !/^\/v1\/(?:chat\/)?completions$/.test(path)) {
      send(response, 404, { error: { message: `no route ${path}`, code: 404 } });
      return;
    }
    state.bodies.push(body);
    state.bearers.push(bearer);
    const waitSeconds = options.busyKeys?.[bearer];
    if (waitSeconds !== undefined) {
      response.setHeader('retry-after', String(waitSeconds));
      send(response, 429, { error: { message: 'slow down', type: 'rate_limit' } });
      return;
    }
    await answer(planAnswer(options, body), response);
  }

  async function answer(plan: AnswerPlan, response: ServerResponse): Promise<void> {
    if (plan.failure !== undefined) {
      send(response, plan.failure.status, plan.failure.body);
      return;
    }
    state.running += 1;
    response.once('close', () => {
      state.running -= 1;
    });
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const frame of framesOf(options.kind, plan)) {
      if (options.pieceMs === undefined) await nextTurn();
      else await pause(options.pieceMs);
      if (response.destroyed) return;
      if (frame === 'cut') {
        response.destroy();
        return;
      }
      response.write(frame);
    }
    response.end();
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    bodies: state.bodies,
    bearers: state.bearers,
    running: () => state.running,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
      });
    },
  };
}

export interface FakeServerProcess {
  readonly url: string;
  readonly pid: number;
  /** Resolves when the process is gone. */
  kill(): Promise<void>;
}

/** The same server as a process of its own, to be killed and started again on its port. */
export async function spawnFakeOpenAiServer(
  options: FakeServerOptions,
): Promise<FakeServerProcess> {
  const child = spawn(process.execPath, [import.meta.filename, JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (line: Buffer) => resolve(line.toString().trim()));
    child.once('exit', () => reject(new Error('the fake server did not start')));
  });
  return {
    url,
    pid: child.pid ?? 0,
    kill: () => {
      child.kill('SIGKILL');
      return gone;
    },
  };
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

if (process.argv[1] === import.meta.filename) {
  const { url } = await startFakeOpenAiServer(
    JSON.parse(process.argv[2] ?? '{}') as FakeServerOptions,
  );
  process.stdout.write(`${url}\n`);
}
