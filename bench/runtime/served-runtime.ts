import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { createControlClient } from '../../src-main/contract/client.ts';
import type { ControlClient } from '../../src-main/contract/control.ts';
import { defaultSettings } from '../../src-main/contract/settings.ts';
import type { ModelManifest } from '../../src-main/core/model.ts';
import { readRuntimeFile } from '../../src-main/platform/runtime-file.ts';
import type { PostTarget } from '../support/event-stream.ts';
import { projectFolder } from '../support/project.ts';

const readyLine = z.object({
  event: z.literal('ready'),
  pid: z.int(),
  port: z.int(),
  url: z.string(),
});

/** A running `millpond serve`, with a data folder of its own. */
export interface ServedRuntime extends AsyncDisposable {
  readonly pid: number;
  /** Such as `http://127.0.0.1:40123`. */
  readonly origin: string;
  /** `POST /v1/chat/completions` without a key. */
  readonly chat: PostTarget;
  /** The owner's control API. */
  readonly control: ControlClient;
}

interface ServeOptions {
  /** Copied into the models folder; answers to `benchmark`. */
  readonly model?: ModelManifest;
  /** Loads the bundled model at start, as the program does by itself. */
  readonly loadAtStart: boolean;
  /** Beside this process's own environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts the built program as a person would; resolves once it says that it is ready. */
export async function serveRuntime({
  env,
  loadAtStart,
  model,
}: ServeOptions): Promise<ServedRuntime> {
  const home = mkdtempSync(join(tmpdir(), 'millpond-bench-home-'));
  const models = join(home, 'models');
  mkdirSync(models);
  if (model !== undefined) copyFileSync(model.path, join(models, 'benchmark.gguf'));
  writeFileSync(join(home, 'settings.json'), JSON.stringify({ ...defaultSettings, loadAtStart }));
  const program = join(projectFolder, 'out', 'main', 'cli.js');
  const child = spawn(process.execPath, [program, 'serve', '--port', '0', '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env, MILLPOND_HOME: home, MILLPOND_ENGINE_THREADS: '1' },
  });
  const ended = new Promise<void>((resolve) =>
    child.once('close', () => {
      resolve();
    }),
  );
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await ended;
    rmSync(home, { recursive: true, force: true });
  };
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      const ready = readyLine.safeParse(JSON.parse(line)).data;
      if (ready === undefined) continue;
      const { pid, port, url } = ready;
      const token = (await readRuntimeFile(join(home, 'runtime.json')))?.ownerToken ?? '';
      return {
        pid,
        origin: url,
        chat: { port, path: '/v1/chat/completions' },
        control: controlClient(url, token),
        [Symbol.asyncDispose]: stop,
      };
    }
    throw new Error('The runtime ended before it was ready');
  } catch (error) {
    await stop();
    throw error;
  }
}

function controlClient(origin: string, token: string): ControlClient {
  return createControlClient(async ({ body, headers, method, path }) => {
    const response = await fetch(`${origin}${path}`, {
      method,
      headers: { ...headers, authorization: `Bearer ${token}` },
      ...(body !== undefined && { body }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? {} : JSON.parse(text) };
  });
}
