import { randomBytes } from 'node:crypto';
import type { Clock } from '../../core/clock.ts';
import { MillpondError } from '../../core/error.ts';
import type { ProgramLaunch, RunningProgram } from '../../platform/program-launcher.ts';
import { explainExit } from '../hosting/exit-explanation.ts';
import { createSidecarClient } from './sidecar-client.ts';
import type { SidecarClient } from './sidecar-client.ts';
import type { SidecarDeps } from './sidecar.ts';

export interface SidecarStart {
  /** What people call the program, such as `llama-server`. */
  readonly programName: string;
  /** What people call the model. */
  readonly modelName: string;
  /** The command line for this port and key. The key must not become an argument. */
  readonly launch: (port: number, key: string) => ProgramLaunch;
  /**
   * Asked once `/health` says yes: whether it is our program and has our model. Rejects where it
   * does not; another server may have taken the port first.
   */
  readonly verify: (client: SidecarClient, signal: AbortSignal) => Promise<void>;
  /** The share that a line of output tells, from 0 to 1. */
  readonly shareIn?: (line: string) => number | undefined;
  readonly onProgress: (share: number) => void;
  readonly signal: AbortSignal;
}

/** A started server with its model loaded. */
export interface SidecarProcess {
  readonly program: RunningProgram;
  readonly client: SidecarClient;
  /** SIGTERM, and SIGKILL to whatever is left ten seconds later. Resolves when it is gone. */
  stop(): Promise<void>;
}

type Deps = Pick<SidecarDeps, 'launcher' | 'http' | 'clock' | 'freePort'>;

const pollMs = 100;
/** Weights come from slow disks, and some programs compile kernels first. */
const loadLimitMs = 20 * 60_000;
const shutdownLimitMs = 10_000;
/** Somebody else may take a free port before the program does. */
const mostAttempts = 3;

/**
 * Starts a program and waits until it serves its model. Rejects with `model-load-failed` or
 * `out-of-memory` and why the program ended, in plain words; nothing is left running then.
 */
export async function startSidecar(deps: Deps, start: SidecarStart): Promise<SidecarProcess> {
  for (let attempt = 1; ; attempt += 1) {
    start.signal.throwIfAborted();
    const port = await deps.freePort();
    const key = randomBytes(24).toString('base64url');
    const program = deps.launcher.launch(watched(start, start.launch(port, key)));
    const client = createSidecarClient(deps.http, port, key);
    try {
      await whileRunning(program, start, (signal) =>
        becomeReady(deps.clock, client, start, signal),
      );
      return { program, client, stop: () => stopProgram(deps.clock, program) };
    } catch (error) {
      await stopProgram(deps.clock, program);
      const isPortTaken = program.outputTail().some((line) => addressTaken.test(line));
      if (!isPortTaken || attempt === mostAttempts) throw error;
    }
  }
}

const addressTaken = /address already in use|EADDRINUSE|couldn't bind/i;

function watched({ shareIn, onProgress }: SidecarStart, launch: ProgramLaunch): ProgramLaunch {
  if (shareIn === undefined) return launch;
  return {
    ...launch,
    onLine: (line) => {
      const share = shareIn(line);
      if (share !== undefined) onProgress(share);
    },
  };
}

/** Does the work, or fails as soon as the program ends, with why it did. */
async function whileRunning(
  program: RunningProgram,
  start: SidecarStart,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const ended = new AbortController();
  void program.exited.then((exit) => {
    ended.abort(startFailure(start, explainExit(exit, program.outputTail())));
  });
  try {
    await work(AbortSignal.any([start.signal, ended.signal]));
  } catch (error) {
    if (start.signal.aborted) throw start.signal.reason;
    throw ended.signal.aborted ? ended.signal.reason : error;
  }
}

async function becomeReady(
  clock: Clock,
  client: SidecarClient,
  start: SidecarStart,
  signal: AbortSignal,
): Promise<void> {
  const late = new AbortController();
  const cancelLimit = clock.after(loadLimitMs, () => {
    late.abort(startFailure(start, 'it did not become ready within 20 minutes'));
  });
  const until = AbortSignal.any([signal, late.signal]);
  try {
    while (!(await isHealthy(client, until))) await clock.sleep(pollMs, until);
    await start.verify(client, until);
  } catch (error) {
    throw late.signal.aborted ? late.signal.reason : error;
  } finally {
    cancelLimit();
  }
}

async function isHealthy(client: SidecarClient, signal: AbortSignal): Promise<boolean> {
  try {
    return (await client.get('/health', signal)).status === 200;
  } catch (error) {
    signal.throwIfAborted();
    // Not listening yet; whether it still runs is watched elsewhere.
    if (error instanceof MillpondError && error.code === 'unavailable') return false;
    throw error;
  }
}

async function stopProgram(clock: Clock, program: RunningProgram): Promise<void> {
  program.kill('SIGTERM');
  const cancelKill = clock.after(shutdownLimitMs, () => {
    program.kill('SIGKILL');
  });
  await program.exited;
  cancelKill();
  // Children that ignored the first signal outlive their parent otherwise.
  program.kill('SIGKILL');
}

function startFailure({ programName, modelName }: SidecarStart, why: string): MillpondError {
  return new MillpondError(
    why.includes('memory ran out') ? 'out-of-memory' : 'model-load-failed',
    `${programName} could not load ${modelName}: ${why}`,
  );
}
