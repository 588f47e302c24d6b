import { PassThrough } from 'node:stream';
import { createProgram } from '../cli/program.ts';
import type {
  CliDependencies,
  OwnRuntime,
  OwnUpdates,
  RecognisedGateway,
  RuntimeAddress,
  StartOptions,
  UpgradeCopy,
} from '../cli/ports.ts';
import { errorTable, type ErrorCode } from '../core/error.ts';
import type { HttpClient, HttpRequest } from '../core/http.ts';
import { toolFiles } from '../platform/tool-files.ts';

/** What one command printed, asked and started. */
export interface CommandResult {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
  readonly requests: readonly HttpRequest[];
  readonly started: number;
  /** What each start was asked for. */
  readonly startedWith: readonly StartOptions[];
  /** How often the config file was read again. */
  readonly reloads: number;
  /** Backups. */
  readonly written: readonly string[];
  readonly stopped: number;
  /** How often the version from before was put back. */
  readonly wentBack: number;
  /** Sessions of gateways elsewhere that it kept. */
  readonly kept: readonly unknown[];
}

/** Answers by method and path; a list is given one by one, its last item again and again. */
export type ControlAnswers = Readonly<Record<string, unknown>>;

interface CommandOptions {
  readonly answers?: ControlAnswers;
  /** A runtime is up already; otherwise the command starts one of its own. */
  readonly isRunning?: boolean;
  readonly input?: string;
  readonly interrupted?: AbortSignal;
  /** Where `MILLPOND_URL` leads. */
  readonly remote?: RuntimeAddress;
  /** How the certificate of a gateway elsewhere looks; public if absent. */
  readonly recognised?: RecognisedGateway;
  readonly upgradeCopies?: readonly UpgradeCopy[];
  /** What is known about updates; going back takes the earlier version away. */
  readonly updates?: ReturnType<OwnUpdates['state']>;
}

/** An answer that is a failure with this code. */
export function refusal(code: ErrorCode, message: string): Refusal {
  return new Refusal({ error: { code, message } }, errorTable[code].http);
}

class Refusal {
  readonly body: object;
  readonly status: number;

  constructor(body: object, status: number) {
    this.body = body;
    this.status = status;
  }
}

/** Runs the command line in this process, against canned answers of the control API. */
export async function runCommand(
  words: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const result = {
    out: '',
    err: '',
    requests: [] as HttpRequest[],
    started: 0,
    startedWith: [] as StartOptions[],
    reloads: 0,
    written: [] as string[],
    stopped: 0,
    wentBack: 0,
    kept: [] as unknown[],
  };
  const runtime: OwnRuntime = {
    port: 1,
    origin: 'http://127.0.0.1:1',
    token: 'own',
    createLoginUrl: () => 'http://127.0.0.1:1/#code=x',
    setUpCode: () => 'set-up-code',
    reloadConfig: () => {
      result.reloads += 1;
      return Promise.resolve();
    },
    stopped: Promise.resolve(),
    restartWish: () => undefined,
    stop: () => {
      result.stopped += 1;
      return Promise.resolve();
    },
  };
  const stdin = new PassThrough();
  stdin.end(options.input ?? '');
  const deps = {
    version: '9.9.9',
    http: answering(options.answers ?? {}, result.requests),
    findRuntime: () =>
      Promise.resolve(options.isRunning ? { origin: 'http://127.0.0.1:2', token: 't' } : undefined),
    startRuntime: (chosen: StartOptions) => {
      result.started += 1;
      result.startedWith.push(chosen);
      return Promise.resolve(runtime);
    },
    remotes: {
      chosen: () => Promise.resolve(options.remote),
      recognise: () => Promise.resolve(options.recognised ?? {}),
      keep: (session: unknown) => {
        result.kept.push(session);
        return Promise.resolve();
      },
    },
    files: toolFiles,
    openBrowser: () => Promise.resolve(true),
    backUp: (file: string) => void result.written.push(file),
    restore: (file: string) => `${file}-before`,
    upgradeCopies: () => options.upgradeCopies ?? [],
    updates: {
      state: () => options.updates ?? {},
      goBack: () => {
        result.wentBack += 1;
        return Promise.resolve();
      },
    },
    // As if it had been asked for at once.
    onReload: (listener: () => void) => {
      listener();
    },
    stdin: Object.assign(stdin, { isTTY: false }),
    stdout: { write: (text: string) => (result.out += text) },
    stderr: { isTTY: false, write: (text: string) => (result.err += text) },
    interrupted: options.interrupted ?? new AbortController().signal,
  } as unknown as CliDependencies;
  try {
    await createProgram(deps).parseAsync(words, { from: 'user' });
  } catch {
    // commander's own refusals end here; the exit status is what counts
  }
  const exitCode = Number(process.exitCode ?? 0);
  process.exitCode = undefined;
  return { ...result, exitCode };
}

function answering(answers: ControlAnswers, requests: HttpRequest[]): HttpClient {
  const asked = new Map<string, number>();
  return {
    request(request) {
      requests.push(request);
      const key = `${request.method} ${new URL(request.url).pathname}`;
      const count = asked.get(key) ?? 0;
      asked.set(key, count + 1);
      const known = answers[key];
      const answer: unknown = Array.isArray(known)
        ? known[Math.min(count, known.length - 1)]
        : known;
      const content = answer instanceof Refusal ? answer.body : (answer ?? {});
      const text = typeof content === 'string' ? content : JSON.stringify(content);
      async function* body(): AsyncGenerator<Uint8Array> {
        yield await Promise.resolve(new TextEncoder().encode(text));
      }
      return Promise.resolve({
        status: answer instanceof Refusal ? answer.status : answer === undefined ? 404 : 200,
        headers: {},
        body: body(),
      });
    },
  };
}
