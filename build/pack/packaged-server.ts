import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { isolatedEnvironment } from '../../src-main/testing/isolated-environment.ts';

const readyLine = z.object({ event: z.literal('ready'), pid: z.int(), url: z.url() });
const completion = z.object({
  choices: z.array(z.object({ message: z.object({ content: z.string() }) })).min(1),
});

/** `millpond serve` of a package, while it runs. */
export interface PackagedServer {
  readonly pid: number;
  /** Such as `http://127.0.0.1:40123`. */
  readonly origin: string;
  /** What a model says to one question; `guide` is in every package. */
  ask(question: string, model?: string): Promise<string>;
  /** Asks it to end and answers its exit status. */
  stop(): Promise<number | null>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface ServeOptions {
  readonly command: readonly string[];
  /** As the program sees it. */
  readonly dataFolder: string;
  readonly homeFolder: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts it on a free port with a data folder of its own and waits until it answers. */
export async function servePackaged(options: ServeOptions): Promise<PackagedServer> {
  const [program = '', ...words] = options.command;
  const child = spawn(program, [...words, 'serve', '--port', '0', '--json'], {
    env: {
      ...withoutNode(isolatedEnvironment(options.homeFolder, options.env)),
      MILLPOND_HOME: options.dataFolder,
      MILLPOND_ENGINE_THREADS: '1',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { url, pid } = await becomesReady(child, child.stdout, child.stderr);
  const stop = () => end(child);
  return {
    ...{ pid, origin: url, stop },
    ask: (question, model = 'guide') => ask(url, model, question),
    async [Symbol.asyncDispose]() {
      await stop();
    },
  };
}

/** What steers the Node of whoever runs this, such as the cache of a test run, is not for that of a package. */
const withoutNode = (env: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('NODE_')));

async function becomesReady(
  child: ChildProcess,
  output: NodeJS.ReadableStream,
  errorOutput: NodeJS.ReadableStream,
) {
  const errors: string[] = [];
  errorOutput.on('data', (part: Buffer) => errors.push(part.toString()));
  const first = once(createInterface({ input: output }), 'line');
  const ended = once(child, 'close').then(([code]) => {
    throw new Error(`serve ended with status ${String(code)} at its start:\n${errors.join('')}`);
  });
  // Its end later on is nobody's failure.
  ended.catch(() => undefined);
  const [line] = (await Promise.race([first, ended])) as [string];
  return readyLine.parse(JSON.parse(line));
}

async function ask(origin: string, model: string, question: string): Promise<string> {
  const response = await fetch(`${origin}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      ...{ model, temperature: 0, max_tokens: 48 },
      messages: [{ role: 'user', content: question }],
    }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`The package answered ${String(response.status)}: ${text}`);
  return completion.parse(JSON.parse(text)).choices[0]?.message.content ?? '';
}

async function end(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    const closed = once(child, 'close');
    child.kill('SIGTERM');
    await closed;
  }
  return child.exitCode;
}
