import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { servePackaged } from '../../build/pack/packaged-server.ts';
import { testPackages } from '../../build/pack/test-packages.ts';
import { runProgram } from '../../build/scripts/support/run-program.ts';
import { packedCommandLine } from '../../build/pack/try-command.ts';
import { thisTarget } from '../../build/pack/target.ts';
import { firstTokenMs } from '../engine/contestant.ts';
import { streamChat } from '../runtime/streamed-chat.ts';
import { describeMachine } from '../support/machine.ts';
import { progress } from '../support/progress.ts';
import { projectFolder } from '../support/project.ts';
import type { Report } from '../support/report.ts';
import { summarize, type Summary } from '../support/stats.ts';

interface StartOptions {
  readonly runs: number;
  readonly signal: AbortSignal;
}

/** Milliseconds from the start of a program. */
interface Start {
  readonly version: number;
  readonly firstReady: number;
  readonly firstToken: number;
  readonly secondReady: number;
}

/**
 * How long a start takes: an installed package, its own Node in it, against the same build in the
 * checkout. The first start makes the data folder and loads Guide; the second one finds both. Files are in
 * the system's cache, as they are after an installation.
 */
export async function benchmarkStart({ runs, signal }: StartOptions): Promise<Report> {
  // What packing says is no part of the report.
  progress('packing Millpond, without Electron');
  const packing = [join(projectFolder, 'build', 'run.js'), 'pack', 'for-tests'];
  const { code, output } = await runProgram(process.execPath, packing, { output: 'collect' });
  if (code !== 0) throw new Error(`The packages could not be made:\n${output}`);
  const { folder } = await testPackages();
  const contestants = {
    installed: packedCommandLine(folder, thisTarget()),
    checkout: [process.execPath, join(projectFolder, 'out', 'main', 'cli.js')],
  };
  const starts: Record<keyof typeof contestants, Start[]> = { installed: [], checkout: [] };
  // Once each beforehand, so that neither pays for the other's reading of the disk.
  for (const command of Object.values(contestants)) await measureStart(command, signal);
  for (let run = 0; run < runs; run += 1) {
    progress(`start ${String(run + 1)} of ${String(runs)}`);
    for (const name of ['installed', 'checkout'] as const) {
      signal.throwIfAborted();
      starts[name].push(await measureStart(contestants[name], signal));
    }
  }
  const figure = (what: string, part: keyof Start) => ({
    ...{ what, unit: 'ms' },
    measured: summaryOf(starts.installed, part),
    reference: summaryOf(starts.checkout, part),
  });
  return {
    benchmark: 'start',
    machine: describeMachine(),
    sections: [
      {
        title: 'Start of an installed Millpond',
        comparison: { reference: 'checkout', by: 'ratio' },
        figures: [
          figure('the command says its version', 'version'),
          figure('first `serve`: until the address answers', 'firstReady'),
          figure('first `serve`: until the first token of Guide', 'firstToken'),
          figure('second `serve`: until the address answers', 'secondReady'),
        ],
      },
    ],
  };
}

const summaryOf = (starts: readonly Start[], part: keyof Start): Summary =>
  summarize(starts.map((start) => start[part]));

async function measureStart(command: readonly string[], signal: AbortSignal): Promise<Start> {
  const home = mkdtempSync(join(tmpdir(), 'millpond-bench-start-'));
  const options = { command, dataFolder: join(home, 'data'), homeFolder: home };
  try {
    const [program = '', ...words] = command;
    const version = await timed(() => promisify(execFile)(program, [...words, '--version']));
    const startedAt = performance.now();
    const first = await servePackaged(options);
    const firstReady = performance.now() - startedAt;
    const answer = await streamChat(
      { port: Number(new URL(first.origin).port), path: '/v1/chat/completions' },
      'guide',
      { prompt: { messages: [{ role: 'user', text: 'Hello' }] }, maxTokens: 4, signal },
    );
    const firstToken = answer.askedAt - startedAt + firstTokenMs(answer);
    await first.stop();
    const again = performance.now();
    const second = await servePackaged(options);
    const secondReady = performance.now() - again;
    await second.stop();
    return { version, firstReady, firstToken, secondReady };
  } finally {
    rmSync(home, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}
