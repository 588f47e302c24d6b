import { Worker } from 'node:worker_threads';
import { type ErrorBody, MillpondError } from '../core/error.ts';
import type { Recovery } from './recovery/recover-database.ts';
import type {
  DatabaseRow,
  DatabaseWorkerData,
  FromDatabaseWorker,
  QueryMode,
  SqlValue,
  ToDatabaseWorker,
} from './worker-protocol.ts';

export interface QueryOutcome {
  readonly rows: readonly DatabaseRow[];
  readonly changes: number;
}

interface Waiting {
  readonly resolve: (outcome: QueryOutcome) => void;
  readonly reject: (error: Error) => void;
}

const noRows: QueryOutcome = { rows: [], changes: 0 };

/** The runtime's side of the database worker: one promise for each query, answered in order. */
export class DatabaseWorkerClient {
  private readonly worker: Worker;
  private readonly file: string;
  private readonly waiting = new Map<number, Waiting>();
  private nextId = 1;
  /** Of this opening; undefined when nothing was damaged. */
  recovery: Recovery | undefined;
  private ended: Error | undefined;
  private settleOpening: (error?: Error) => void = () => {};

  private constructor(workerFile: string, data: DatabaseWorkerData) {
    this.file = data.file;
    this.worker = new Worker(workerFile, { workerData: data, name: 'database' });
    this.worker.on('message', (message: FromDatabaseWorker) => this.receive(message));
    this.worker.on('error', (error: unknown) => this.end(this.lost(error)));
    this.worker.on('exit', () => this.end(this.lost()));
  }

  /** Rejects with one sentence when the database cannot be opened. */
  static async start(workerFile: string, data: DatabaseWorkerData): Promise<DatabaseWorkerClient> {
    const client = new DatabaseWorkerClient(workerFile, data);
    await new Promise<void>((resolve, reject) => {
      client.settleOpening = (error) => {
        if (error === undefined) resolve();
        else reject(error);
      };
    });
    return client;
  }

  query(sql: string, params: readonly SqlValue[], mode: QueryMode): Promise<QueryOutcome> {
    return this.ask((id) => ({ type: 'query', id, sql, params, mode }));
  }

  /** Waits for the queries before it, writes everything into the main file and ends the thread. */
  async close(): Promise<void> {
    if (this.ended !== undefined) return;
    const exited = new Promise<void>((resolve) => this.worker.once('exit', () => resolve()));
    await this.ask((id) => ({ type: 'close', id }));
    await exited;
  }

  private ask(message: (id: number) => ToDatabaseWorker): Promise<QueryOutcome> {
    if (this.ended !== undefined) return Promise.reject(this.ended);
    const id = this.nextId++;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.worker.postMessage(message(id));
    });
  }

  private receive(message: FromDatabaseWorker): void {
    switch (message.type) {
      case 'ready':
        this.recovery = message.recovery;
        this.settleOpening();
        return;
      case 'refused':
        this.end(MillpondError.fromBody(message.error));
        return;
      case 'rows':
        return this.take(message.id)?.resolve({ rows: message.rows, changes: message.changes });
      case 'failed':
        return this.take(message.id)?.reject(withCause(message.error, message.detail));
      case 'closed':
        return this.take(message.id)?.resolve(noRows);
    }
  }

  private take(id: number): Waiting | undefined {
    const waiting = this.waiting.get(id);
    this.waiting.delete(id);
    return waiting;
  }

  private end(error: Error): void {
    if (this.ended !== undefined) return;
    this.ended = error;
    this.settleOpening(error);
    for (const { reject } of this.waiting.values()) reject(error);
    this.waiting.clear();
  }

  private lost(cause?: unknown): MillpondError {
    return new MillpondError(
      'unavailable',
      `The database ${this.file} is closed; restart Millpond to open it again.`,
      { cause },
    );
  }
}

function withCause({ code, message }: ErrorBody, detail: string): MillpondError {
  return new MillpondError(code, message, { cause: new Error(detail) });
}
