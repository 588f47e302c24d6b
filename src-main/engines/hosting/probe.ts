import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Clock } from '../../core/clock.ts';
import { MillpondError } from '../../core/error.ts';
import type { LoadOptions } from '../../core/model.ts';
import { explainFileError } from '../../platform/file-error.ts';
import type { ProcessLauncher } from '../../platform/process-launcher.ts';
import type { ModelInspection } from './host-protocol.ts';
import { untilAborted } from '../manager/load-lane.ts';
import type { ModelProbe } from '../ports.ts';
import { ProbeProcess } from './probe-process.ts';

interface ProbeDeps {
  readonly launcher: ProcessLauncher;
  readonly clock: Clock;
}

/** A probe that has been idle for so long is ended. */
const idleMs = 10_000;
/** A file that keeps the probe busy for so long was made to, or its disk is gone. */
const inspectionLimitMs = 120_000;
const rememberedInspections = 500;

/** Inspects model files in a short-lived process of its own, and remembers the answers while a file stays the same. */
export class HostedProbe implements ModelProbe {
  private readonly deps: ProbeDeps;
  private readonly known = new Map<string, Promise<ModelInspection>>();
  private process: ProbeProcess | undefined;
  private asking = 0;
  private cancelIdle = (): void => {};

  constructor(deps: ProbeDeps) {
    this.deps = deps;
  }

  async inspect(path: string, options: LoadOptions, signal: AbortSignal): Promise<ModelInspection> {
    signal.throwIfAborted();
    const key = JSON.stringify([path, await fingerprint(path), Object.entries(options).sort()]);
    const answer = this.known.get(key) ?? this.ask(path, options);
    this.remember(key, answer);
    // Another caller may want the same answer: an abort leaves only the waiting.
    return await untilAborted(answer, signal);
  }

  /** Ends the process. Questions under way fail. */
  dispose(): void {
    this.cancelIdle();
    this.process?.end();
    this.process = undefined;
  }

  private async ask(path: string, options: LoadOptions): Promise<ModelInspection> {
    this.cancelIdle();
    this.asking += 1;
    try {
      if (this.process?.isRunning !== true) {
        this.process = new ProbeProcess(this.deps.launcher.launch('probe-host'));
      }
      return await this.withinLimit(this.process, path, options);
    } finally {
      this.asking -= 1;
      if (this.asking === 0) {
        this.cancelIdle = this.deps.clock.after(idleMs, () => {
          this.dispose();
        });
      }
    }
  }

  private async withinLimit(
    process: ProbeProcess,
    path: string,
    options: LoadOptions,
  ): Promise<ModelInspection> {
    const late = Promise.withResolvers<never>();
    const cancel = this.deps.clock.after(inspectionLimitMs, () => {
      late.reject(
        new MillpondError(
          'model-load-failed',
          `${basename(path)} could not be looked at within two minutes; download it again`,
        ),
      );
      process.end('SIGKILL');
    });
    try {
      return await Promise.race([process.ask(path, options), late.promise]);
    } finally {
      cancel();
    }
  }

  private remember(key: string, answer: Promise<ModelInspection>): void {
    this.known.delete(key);
    this.known.set(key, answer);
    answer.catch((error: unknown) => {
      // A broken file stays broken; a probe that died may do better next time.
      const isVerdict = error instanceof MillpondError && error.code === 'model-load-failed';
      if (!isVerdict) this.known.delete(key);
    });
    if (this.known.size <= rememberedInspections) return;
    const oldest = this.known.keys().next().value;
    if (oldest !== undefined) this.known.delete(oldest);
  }
}

async function fingerprint(path: string): Promise<readonly number[]> {
  try {
    const { size, mtimeMs } = await stat(path);
    return [size, mtimeMs];
  } catch (error) {
    const { message } = explainFileError(error, 'read', path);
    throw new MillpondError('model-load-failed', message, { cause: error });
  }
}
