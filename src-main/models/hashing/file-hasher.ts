import { Worker } from 'node:worker_threads';
import type { Clock } from '../../core/clock.ts';
import { MillpondError } from '../../core/error.ts';
import type {
  DigestAlgorithm,
  FileSegment,
  FromHashWorker,
  ToHashWorker,
} from './hash-protocol.ts';

const idleMs = 10_000;

interface FileHasherOptions {
  /** The entry `hash-worker` (`entryFile` of platform/program-files). */
  readonly workerFile: string;
  readonly clock: Clock;
}

export interface DigestOptions {
  readonly signal?: AbortSignal;
  /** Bytes hashed so far, over all files. */
  readonly onProgress?: (doneBytes: number) => void;
  /** SHA-256 unless given. */
  readonly algorithm?: DigestAlgorithm;
  /** Hashed in front of the files; git does so with a header. */
  readonly prefix?: string;
}

/** A file whose digest advances while it is being written. */
export interface GrowingFile {
  /** SHA-256 of the whole file, once every byte was added. */
  readonly digest: Promise<string>;
  /** Says that these bytes are in the file now. Ranges may come in any order, each byte once. */
  add(start: number, end: number): void;
  /** The same, and resolves with the check of the range. */
  addChecked(start: number, end: number): Promise<string>;
  /** Ends the work; what was not answered rejects with `cancelled`. */
  close(): void;
}

interface Job {
  readonly settle: (message: FromHashWorker) => void;
  readonly fail: (error: MillpondError) => void;
}

/**
 * Hashes files in one worker thread, so that no event loop of ours ever notices. The thread starts
 * with the first job and ends ten seconds after the last.
 */
export class FileHasher {
  private readonly options: FileHasherOptions;
  private readonly jobs = new Map<number, Job>();
  private worker: Worker | undefined;
  private cancelIdle: () => void = () => {};
  private lastId = 0;

  constructor(options: FileHasherOptions) {
    this.options = options;
  }

  /** The digest of the files' content in order, lower-case hex. Rejects with one sentence. */
  digest(paths: readonly string[], options: DigestOptions = {}): Promise<string> {
    const segments = paths.map((path) => ({ path, start: 0, end: Infinity }));
    return this.digestSegments(segments, options);
  }

  /** The same over parts of files: what a file would be with other bytes in some places. */
  digestSegments(segments: readonly FileSegment[], options: DigestOptions = {}): Promise<string> {
    const { algorithm = 'sha256', prefix = '' } = options;
    return this.run(
      (id) => ({ type: 'digest', id, segments, algorithm, prefix }),
      (message) => (message.type === 'digest' ? message.digest : undefined),
      options,
    );
  }

  /**
   * A check for each block of the file, the last one shorter. A check is eight digits that notice
   * damage (CRC-32); only the digest proves that a file is right.
   */
  blocks(
    path: string,
    blockBytes: number,
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<readonly string[]> {
    return this.run(
      (id) => ({ type: 'blocks', id, path, blockBytes }),
      (message) => (message.type === 'blocks' ? message.checks : undefined),
      options,
    );
  }

  /** Follows a file of this final size while it is being written. Close it. */
  grow(path: string, sizeBytes: number): GrowingFile {
    const id = this.nextId();
    const checks = new Map<number, PromiseWithResolvers<string>>();
    const digest = Promise.withResolvers<string>();
    // A failure is told to whoever asks for the digest or a check, and to nobody else.
    digest.promise.catch(() => {});
    let failure: MillpondError | undefined;
    const fail = (error: MillpondError): void => {
      failure = error;
      digest.reject(error);
      for (const check of checks.values()) check.reject(error);
      checks.clear();
    };
    const settle = (message: FromHashWorker): void => {
      if (message.type === 'digest') digest.resolve(message.digest);
      if (message.type !== 'check') return;
      checks.get(message.start)?.resolve(message.check);
      checks.delete(message.start);
    };
    this.open(id, { settle, fail }, { type: 'grow', id, path, sizeBytes });
    return {
      digest: digest.promise,
      add: (start, end) => {
        this.post({ type: 'add', id, start, end, wantsCheck: false });
      },
      addChecked: (start, end) => {
        if (failure !== undefined) return Promise.reject(failure);
        const check = Promise.withResolvers<string>();
        checks.set(start, check);
        this.post({ type: 'add', id, start, end, wantsCheck: true });
        return check.promise;
      },
      close: () => {
        this.drop(id, new MillpondError('cancelled', 'Cancelled'));
      },
    };
  }

  /** Ends the thread at once; what was under way rejects with `cancelled`. */
  async dispose(): Promise<void> {
    this.cancelIdle();
    const { worker } = this;
    this.forgetWorker(new MillpondError('cancelled', 'Millpond is closing'));
    await worker?.terminate();
  }

  private run<T>(
    ask: (id: number) => ToHashWorker,
    read: (message: FromHashWorker) => T | undefined,
    { onProgress, signal }: DigestOptions,
  ): Promise<T> {
    const id = this.nextId();
    return new Promise<T>((resolve, reject) => {
      signal?.throwIfAborted();
      const abort = (): void => {
        this.drop(id, MillpondError.from(signal?.reason, 'cancelled'));
      };
      const settle = (message: FromHashWorker): void => {
        if (message.type === 'progress') onProgress?.(message.doneBytes);
        const value = read(message);
        if (value === undefined) return;
        signal?.removeEventListener('abort', abort);
        resolve(value);
      };
      const fail = (error: MillpondError): void => {
        signal?.removeEventListener('abort', abort);
        reject(error);
      };
      signal?.addEventListener('abort', abort, { once: true });
      this.open(id, { settle, fail }, ask(id));
    });
  }

  private open(id: number, job: Job, message: ToHashWorker): void {
    this.cancelIdle();
    this.worker ??= this.start();
    this.worker.ref();
    this.jobs.set(id, job);
    this.post(message);
  }

  private start(): Worker {
    const worker = new Worker(this.options.workerFile, { name: 'hash' });
    worker.on('message', (message: FromHashWorker) => {
      this.receive(message);
    });
    worker.once('error', (cause) => {
      this.workerDied(worker, cause);
    });
    worker.once('exit', () => {
      this.workerDied(worker);
    });
    return worker;
  }

  private receive(message: FromHashWorker): void {
    const job = this.jobs.get(message.id);
    if (job === undefined) return;
    if (message.type !== 'progress' && message.type !== 'check') this.end(message.id);
    if (message.type === 'failed') job.fail(MillpondError.fromBody(message.error));
    else job.settle(message);
  }

  private drop(id: number, reason: MillpondError): void {
    const job = this.jobs.get(id);
    if (job === undefined) return;
    this.post({ type: 'drop', id });
    this.end(id);
    job.fail(reason);
  }

  private end(id: number): void {
    this.jobs.delete(id);
    if (this.jobs.size > 0) return;
    this.worker?.unref();
    this.cancelIdle = this.options.clock.after(idleMs, () => {
      const { worker } = this;
      this.worker = undefined;
      void worker?.terminate();
    });
  }

  private workerDied(worker: Worker, cause?: unknown): void {
    if (this.worker !== worker) return;
    const sentence = 'Checking files stopped unexpectedly; try again';
    this.forgetWorker(new MillpondError('internal', sentence, { cause }));
  }

  private forgetWorker(reason: MillpondError): void {
    this.worker = undefined;
    const jobs = [...this.jobs.values()];
    this.jobs.clear();
    for (const job of jobs) job.fail(reason);
  }

  private post(message: ToHashWorker): void {
    this.worker?.postMessage(message);
  }

  private nextId(): number {
    this.lastId += 1;
    return this.lastId;
  }
}
