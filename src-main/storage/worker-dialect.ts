import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import type { SqlValue } from './worker-protocol.ts';
import type { DatabaseWorkerClient, QueryOutcome } from './worker-client.ts';

/**
 * Kysely over the database worker. Plain selects go to the reading connection; everything else, and
 * every query of a transaction, to the writing one, which a transaction holds until it ends.
 */
export function workerDialect(client: DatabaseWorkerClient): Dialect {
  return {
    createAdapter: () => new WorkerAdapter(),
    createDriver: () => new WorkerDriver(client),
    createIntrospector: (database) => new SqliteIntrospector(database),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}

class WorkerAdapter extends SqliteAdapter {
  /** Reading goes on beside a transaction; the driver itself queues the writers. */
  override get supportsMultipleConnections(): boolean {
    return true;
  }
}

class WorkerDriver implements Driver {
  private readonly client: DatabaseWorkerClient;
  private readonly writer = new Turnstile();

  constructor(client: DatabaseWorkerClient) {
    this.client = client;
  }

  init(): Promise<void> {
    return Promise.resolve();
  }

  acquireConnection(): Promise<WorkerConnection> {
    return Promise.resolve(new WorkerConnection(this.client, this.writer));
  }

  beginTransaction(connection: WorkerConnection): Promise<void> {
    return connection.begin();
  }

  commitTransaction(connection: WorkerConnection): Promise<void> {
    return connection.finish('commit');
  }

  rollbackTransaction(connection: WorkerConnection): Promise<void> {
    return connection.finish('rollback');
  }

  releaseConnection(): Promise<void> {
    return Promise.resolve();
  }

  destroy(): Promise<void> {
    return this.client.close();
  }
}

class WorkerConnection implements DatabaseConnection {
  private readonly client: DatabaseWorkerClient;
  private readonly writer: Turnstile;
  /** Set while this connection is inside a transaction. */
  private leaveWriter: (() => void) | undefined;

  constructor(client: DatabaseWorkerClient, writer: Turnstile) {
    this.client = client;
    this.writer = writer;
  }

  async begin(): Promise<void> {
    const leave = await this.writer.enter();
    try {
      await this.client.query('begin immediate', [], 'write');
      this.leaveWriter = leave;
    } catch (error) {
      leave();
      throw error;
    }
  }

  async finish(statement: 'commit' | 'rollback'): Promise<void> {
    try {
      await this.client.query(statement, [], 'write');
      this.leave();
    } catch (error) {
      // A failed commit leaves the transaction open for the rollback that follows. A rollback fails
      // only when SQLite has ended the transaction on its own (full disk), and then it is over.
      if (statement === 'commit') throw error;
      this.leave();
    }
  }

  async executeQuery<R>(compiled: CompiledQuery): Promise<QueryResult<R>> {
    const params = compiled.parameters.map(toSqlValue);
    if (this.leaveWriter !== undefined) {
      return toResult(await this.client.query(compiled.sql, params, 'write'));
    }
    if (compiled.query.kind === 'SelectQueryNode') {
      return toResult(await this.client.query(compiled.sql, params, 'read'));
    }
    const leave = await this.writer.enter();
    try {
      return toResult(await this.client.query(compiled.sql, params, 'write'));
    } finally {
      leave();
    }
  }

  async *streamQuery<R>(): AsyncGenerator<QueryResult<R>> {
    await Promise.reject(new Error('rows are not streamed from the database worker'));
  }

  private leave(): void {
    this.leaveWriter?.();
    this.leaveWriter = undefined;
  }
}

/** Lets one through at a time, in the order of arrival. */
class Turnstile {
  private last: Promise<void> = Promise.resolve();

  /** Resolves with the function that lets the next one in. */
  async enter(): Promise<() => void> {
    const before = this.last;
    let leave = (): void => {};
    this.last = new Promise((resolve) => {
      leave = resolve;
    });
    await before;
    return leave;
  }
}

function toResult<R>({ rows, changes }: QueryOutcome): QueryResult<R> {
  // Kysely's row type follows from the query it compiled; SQLite's strict tables keep to it.
  return { rows: [...rows] as R[], numAffectedRows: BigInt(changes) };
}

function toSqlValue(value: unknown): SqlValue {
  if (value === undefined || value === null) return null;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint') {
    return value;
  }
  if (value instanceof Uint8Array) return value;
  throw new TypeError(`a ${typeof value} cannot be stored`);
}
