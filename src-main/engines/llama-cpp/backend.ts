import { getLlama, getLlamaGpuTypes, LlamaLogLevel } from 'node-llama-cpp';
import type { Llama } from 'node-llama-cpp';
import { LogTail } from './load-failure.ts';

/** llama.cpp, ready to load models, and the newest lines of its log. */
export interface Backend {
  readonly llama: Llama;
  readonly log: LogTail;
}

interface BackendOptions {
  /** Threads of the CPU that computing may use. More than there are cores is far slower than fewer. */
  readonly maxThreads: number;
  /** `auto` takes the best accelerator that works; `false` stays on the CPU. */
  readonly gpu?: 'auto' | false;
}

/** Set for every child of a runtime in safe mode: no graphics driver is ever opened. */
const isCpuOnly = process.env['MILLPOND_CPU_ONLY'] === '1';

/** Never builds and never downloads: only the binaries that came with the program are used. */
export async function openBackend({ maxThreads, gpu = 'auto' }: BackendOptions): Promise<Backend> {
  const log = new LogTail();
  const llama = await getLlama({
    gpu: isCpuOnly ? false : gpu,
    build: 'never',
    skipDownload: true,
    progressLogs: false,
    maxThreads,
    logLevel: LlamaLogLevel.warn,
    logger: (_level, message) => {
      log.add(message);
    },
  });
  return { llama, log };
}

/** Said when the machine has an accelerator that the backend could not use. */
export async function fallbackNotice(llama: Llama): Promise<string | undefined> {
  if (llama.gpu !== false || isCpuOnly) return undefined;
  const supported = await getLlamaGpuTypes('supported');
  const missed = supported.filter((type) => type !== false);
  if (missed.length === 0) return undefined;
  return `Running on the CPU: this machine offers ${missed.join(' and ')}, but its driver could not be used`;
}
