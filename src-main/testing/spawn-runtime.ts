import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import { z } from 'zod';
import type { ControlClient } from '../contract/control.ts';
import { readRuntimeFile } from '../platform/runtime-file.ts';
import { isolatedEnvironment } from './isolated-environment.ts';
import { controlOf } from './start-test-runtime.ts';

const commandFile = join(import.meta.dirname, '..', 'cli.ts');
const readyLine = z.object({ event: z.literal('ready'), url: z.string() });

/** `millpond serve` from source, in a process of its own that a test may kill. */
export interface SpawnedRuntime {
  readonly origin: string;
  readonly control: ControlClient;
  /** Ends it as a crash would: nothing can be tidied up. */
  kill(): Promise<void>;
}

export async function spawnRuntime(
  home: string,
  env: Readonly<Record<string, string>> = {},
): Promise<SpawnedRuntime> {
  const child = spawn(process.execPath, [commandFile, 'serve', '--port', '0', '--json'], {
    env: {
      ...isolatedEnvironment(home, env),
      MILLPOND_HOME: home,
      MILLPOND_ENGINE_THREADS: '1',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await exited;
  };
  onTestFinished(kill);
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  const { url } = readyLine.parse(JSON.parse(line));
  const info = await readRuntimeFile(join(home, 'runtime.json'));
  return { origin: url, control: controlOf(url, info?.ownerToken ?? ''), kill };
}
