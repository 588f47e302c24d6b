import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startFakeOpenAiServer } from './fake-openai-server.ts';
import type { FakeServerKind } from './fake-openai-server.ts';

/** Names under which the real programs are installed. */
export type FakeProgramName = 'llama-server' | 'vllm' | 'mlx_lm.server';

export interface FakeProgramBehaviour {
  /** It writes these lines and ends with the code, instead of serving. */
  readonly fails?: { readonly lines: readonly string[]; readonly code: number };
  /** It lists a model of this name in place of the one it was started for. */
  readonly serves?: string;
  readonly ignoresSigterm?: boolean;
  /** A file that is given its arguments and the names of its variables, as JSON. */
  readonly recordTo?: string;
  readonly loadMs?: number;
  readonly pieceMs?: number;
  readonly sees?: boolean;
}

const kinds: Readonly<Record<FakeProgramName, FakeServerKind>> = {
  'llama-server': 'llama-server',
  vllm: 'vllm',
  'mlx_lm.server': 'mlx',
};

/** Writes a program that takes the arguments of the real one; returns its path. */
export function writeFakeProgram(
  folder: string,
  name: FakeProgramName,
  behaviour: FakeProgramBehaviour = {},
): string {
  const path = join(folder, name);
  const call = `runFakeProgram(${JSON.stringify(name)}, ${JSON.stringify(behaviour)})`;
  const source = `#!${process.execPath}\nimport(${JSON.stringify(import.meta.filename)}).then((it) => it.${call});\n`;
  writeFileSync(path, source, { mode: 0o755 });
  return path;
}

/**
 * What such a program does; called by the files above, in a process of their own.
 *
 * @public
 */
export async function runFakeProgram(
  name: FakeProgramName,
  behaviour: FakeProgramBehaviour,
): Promise<void> {
  const args = process.argv.slice(2);
  if (args.includes('--version')) {
    process.stdout.write('version: 7000 (fake)\n');
    return;
  }
  const { env } = process;
  if (behaviour.recordTo !== undefined) {
    writeFileSync(behaviour.recordTo, JSON.stringify({ args, variables: Object.keys(env) }));
  }
  if (behaviour.fails !== undefined) {
    for (const line of behaviour.fails.lines) process.stderr.write(`${line}\n`);
    process.exitCode = behaviour.fails.code;
    return;
  }
  if (behaviour.ignoresSigterm === true) process.on('SIGTERM', () => {});
  const key = env['LLAMA_API_KEY'] ?? env['VLLM_API_KEY'];
  const slots = numberAfter(args, '--parallel') ?? numberAfter(args, '--max-num-seqs') ?? 2;
  const whole = numberAfter(args, '--ctx-size');
  const model = {
    id: behaviour.serves ?? servedNameIn(args),
    contextLength:
      whole === undefined ? (numberAfter(args, '--max-model-len') ?? 2048) : whole / slots,
    capabilities: behaviour.sees === true ? (['vision'] as const) : [],
  };
  await startFakeOpenAiServer({
    kind: kinds[name],
    models: [model],
    port: numberAfter(args, '--port') ?? 0,
    slots,
    ...(key !== undefined && { keys: [key] }),
    ...(behaviour.loadMs !== undefined && { loadMs: behaviour.loadMs }),
    ...(behaviour.pieceMs !== undefined && { pieceMs: behaviour.pieceMs }),
  });
}

function servedNameIn(args: readonly string[]): string {
  const names = ['--alias', '--served-model-name', '--model'];
  return names.map((name) => after(args, name)).find((value) => value !== undefined) ?? '';
}

function after(args: readonly string[], name: string): string | undefined {
  const at = args.indexOf(name);
  return at < 0 ? undefined : args[at + 1];
}

function numberAfter(args: readonly string[], name: string): number | undefined {
  const value = after(args, name);
  return value === undefined ? undefined : Number(value);
}
