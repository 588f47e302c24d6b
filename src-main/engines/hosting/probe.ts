import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Clock } from '../../core/clock.ts';
import { MillpondError } from '../../core/error.ts';
import type { GpuFacts } from '../../core/hardware.ts';
import type { LoadOptions } from '../../core/model.ts';
import { explainFileError } from '../../platform/file-error.ts';
import type { ProcessLauncher } from '../../platform/process-launcher.ts';
import { deviceEnvironment } from './device-environment.ts';
import type { DeviceReport, ModelHeader, ModelInspection } from './host-protocol.ts';
import { untilAborted } from '../manager/load-lane.ts';
import type { ModelProbe } from '../ports.ts';
import { ProbeProcess } from './probe-process.ts';

interface ProbeDeps {
  readonly launcher: ProcessLauncher;
  readonly clock: Clock;
  /** The cards of the snapshot, which load options choose from; absent: none can be chosen. */
  readonly gpus?: () => readonly GpuFacts[];
  /** Graphics memory that one model may take at most; absent: all that is free. */
  readonly gpuCapBytes?: () => number | undefined;
}

interface InspectOrder {
  readonly path: string;
  readonly options: LoadOptions;
  readonly header?: ModelHeader;
}

/** A probe that has been idle for so long is ended. */
const idleMs = 10_000;
/** A file that keeps the probe busy for so long was made to, or its disk is gone. */
const inspectionLimitMs = 120_000;
const rememberedInspections = 500;

/** Inspects models in a short-lived process of its own, and remembers the answers while a file stays the same. */
export class HostedProbe implements ModelProbe {
  private readonly deps: ProbeDeps;
  private readonly known = new Map<string, Promise<ModelInspection>>();
  /** By the environment they were started with: it decides which cards they see. */
  private readonly processes = new Map<string, ProbeProcess>();
  private asking = 0;
  private cancelIdle = (): void => {};

  constructor(deps: ProbeDeps) {
    this.deps = deps;
  }

  async inspect(path: string, options: LoadOptions, signal: AbortSignal): Promise<ModelInspection> {
    signal.throwIfAborted();
    return await this.remembered([path], { path, options }, signal);
  }

  /** The same for a model of which only the headers are here. */
  async inspectHeader(
    header: ModelHeader,
    options: LoadOptions,
    signal: AbortSignal,
  ): Promise<ModelInspection> {
    signal.throwIfAborted();
    const paths = header.parts.map(({ path }) => path);
    return await this.remembered(paths, { path: paths[0] ?? '', options, header }, signal);
  }

  /** What engines see of the accelerators now. Drivers are asked anew each time. */
  async devices(signal: AbortSignal): Promise<DeviceReport> {
    signal.throwIfAborted();
    const process = this.launch({});
    try {
      const answer = await untilAborted(process.ask({ type: 'devices' }), signal);
      if (answer.type !== 'devices') throw confused();
      return answer.devices;
    } finally {
      process.end();
    }
  }

  /** Bytes of main memory that so many threads read per second together. */
  async readSpeed(threads: number, signal: AbortSignal): Promise<number> {
    signal.throwIfAborted();
    const asked = this.using({}, (process) => process.ask({ type: 'read-speed', threads }));
    const answer = await untilAborted(asked, signal);
    if (answer.type !== 'read-speed') throw confused();
    return answer.bytesPerSecond;
  }

  /** Ends the processes. Questions under way fail. */
  dispose(): void {
    this.cancelIdle();
    for (const process of this.processes.values()) process.end();
    this.processes.clear();
  }

  private async remembered(
    paths: readonly string[],
    order: InspectOrder,
    signal: AbortSignal,
  ): Promise<ModelInspection> {
    const files = await Promise.all(paths.map(fingerprint));
    const gpuCapBytes = this.deps.gpuCapBytes?.();
    const { header, options } = order;
    const key = JSON.stringify([paths, files, header, Object.entries(options).sort(), gpuCapBytes]);
    const answer = this.known.get(key) ?? this.inspectNow(order, gpuCapBytes);
    this.remember(key, answer);
    // Another caller may want the same answer: an abort leaves only the waiting.
    return await untilAborted(answer, signal);
  }

  private async inspectNow(
    order: InspectOrder,
    gpuCapBytes: number | undefined,
  ): Promise<ModelInspection> {
    const cap = gpuCapBytes === undefined ? {} : { gpuCapBytes };
    return await this.using(order.options, (process) =>
      this.withinLimit(process, order.path, async () => {
        const answer = await process.ask({ type: 'inspect', ...order, ...cap });
        if (answer.type !== 'inspected') throw confused();
        return answer.inspection;
      }),
    );
  }

  /** A process that sees the cards that were chosen; kept for a while after its last question. */
  private async using<T>(
    options: LoadOptions,
    ask: (process: ProbeProcess) => Promise<T>,
  ): Promise<T> {
    this.cancelIdle();
    this.asking += 1;
    try {
      const key = JSON.stringify(this.environment(options));
      const running = this.processes.get(key);
      const process = running?.isRunning === true ? running : this.launch(options);
      this.processes.set(key, process);
      return await ask(process);
    } finally {
      this.asking -= 1;
      if (this.asking === 0) {
        this.cancelIdle = this.deps.clock.after(idleMs, () => {
          this.dispose();
        });
      }
    }
  }

  private launch(options: LoadOptions): ProbeProcess {
    const env = this.environment(options);
    return new ProbeProcess(this.deps.launcher.launch('probe-host', { env }));
  }

  private environment(options: LoadOptions): Readonly<Record<string, string>> {
    return deviceEnvironment(options, this.deps.gpus?.() ?? []);
  }

  private async withinLimit<T>(
    process: ProbeProcess,
    path: string,
    ask: () => Promise<T>,
  ): Promise<T> {
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
      return await Promise.race([ask(), late.promise]);
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

function confused(): MillpondError {
  return new MillpondError('internal', 'The probe answered another question than it was asked');
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
