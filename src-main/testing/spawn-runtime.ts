import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import { z } from 'zod';
import type { ControlClient } from '../contract/control.ts';
import { defaultSettings } from '../contract/settings.ts';
import type { SettingsPatch } from '../contract/settings.ts';
import { readRuntimeFile } from '../platform/runtime-file.ts';
import type { Alteration } from './altered-runtime.ts';
import { isolatedEnvironment } from './isolated-environment.ts';
import { controlOf } from './start-test-runtime.ts';

const commandFile = join(import.meta.dirname, '..', 'cli.ts');
const alteredFile = join(import.meta.dirname, 'altered-runtime.ts');
const readyLine = z.object({ event: z.literal('ready'), url: z.string() });

/** `millpond serve` from source, in a process of its own that a test may kill. */
export interface SpawnedRuntime {
  readonly pid: number;
  readonly origin: string;
  readonly home: string;
  readonly control: ControlClient;
  /** Time passes faster for it from now on, if its alteration has a rate. */
  hurry(): void;
  /** Ends it as a crash would: nothing can be tidied up. */
  kill(): Promise<void>;
  /** Asks it to end, as Ctrl+C does. */
  stop(): Promise<void>;
}

export interface SpawnOptions {
  /** Written before the start; absent: what the data folder has, or the defaults. */
  readonly settings?: SettingsPatch;
  /** A clock that can hurry, a wrong one or another build; no model is loaded at its start. */
  readonly alteration?: Alteration;
}

export async function spawnRuntime(
  home: string,
  env: Readonly<Record<string, string>> = {},
  { settings, alteration }: SpawnOptions = {},
): Promise<SpawnedRuntime> {
  if (settings !== undefined) {
    mkdirSync(home, { recursive: true });
    writeFileSync(join(home, 'settings.json'), JSON.stringify({ ...defaultSettings, ...settings }));
  }
  const program =
    alteration === undefined
      ? [commandFile, 'serve', '--port', '0', '--json']
      : [alteredFile, JSON.stringify(alteration)];
  const child = spawn(process.execPath, program, {
    env: {
      ...isolatedEnvironment(home, env),
      MILLPOND_HOME: home,
      MILLPOND_ENGINE_THREADS: '1',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const end = async (signal: 'SIGKILL' | 'SIGTERM'): Promise<void> => {
    child.kill(signal);
    await exited;
  };
  onTestFinished(() => end('SIGKILL'));
  const line = await Promise.race([once(createInterface(child.stdout), 'line'), exited]);
  if (child.exitCode !== null) throw new Error('The runtime ended before it was ready');
  const { url } = readyLine.parse(JSON.parse(String(line[0])));
  const info = await readRuntimeFile(join(home, 'runtime.json'));
  return {
    pid: child.pid ?? 0,
    origin: url,
    home,
    control: controlOf(url, info?.ownerToken ?? ''),
    hurry: () => void child.kill('SIGUSR2'),
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
  };
}
