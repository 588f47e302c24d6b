import { statSync } from 'node:fs';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { MessagePort } from 'node:worker_threads';
import { migrate } from './migrate.ts';
import { allMigrations } from './migrations/all-migrations.ts';
import type { Migration } from './migrations/migration.ts';
import { openOrRecover, wantCheck, wantsCheck } from './recovery/open-or-recover.ts';
import type { Recovery } from './recovery/recover-database.ts';
import { damagedDatabase, damagedReason, databaseError } from './sqlite-error.ts';
import type {
  DatabaseRow,
  DatabaseWorkerData,
  FromDatabaseWorker,
  QueryMode,
  SqlValue,
  ToDatabaseWorker,
} from './worker-protocol.ts';

const busyTimeoutMs = 5_000;
const cachedStatements = 256;
/** Checking every page of a file this large takes some tens of milliseconds; larger ones are trusted. */
const checkedUpToBytes = 32 * 1024 * 1024;

/** The worker thread's side: opens the database, then answers queries in the order they come. */
export function serveDatabase(
  port: MessagePort,
  data: DatabaseWorkerData,
  { indexText }: { readonly indexText: (text: string) => string },
): void {
  const post = (message: FromDatabaseWorker): void => port.postMessage(message);
  const migrations = allMigrations;
  const recovering = { ...data, migrations, now: Date.now(), indexText };
  let connections: Connections;
  let recovery: Recovery | undefined;
  try {
    const open = (): Connections => openConnections(data, migrations);
    ({ opened: connections, recovery } = openOrRecover(open, recovering));
  } catch (error) {
    post({ type: 'refused', error: databaseError(error, data.file).toBody() });
    port.close();
    return;
  }
  port.on('message', (message: ToDatabaseWorker) => {
    try {
      if (message.type === 'close') {
        connections.close();
        post({ type: 'closed', id: message.id });
        port.close();
        return;
      }
      const { rows, changes } = connections[message.mode].run(message.sql, message.params);
      post({ type: 'rows', id: message.id, rows, changes });
    } catch (error) {
      const failure = databaseError(error, data.file);
      if (failure.reason === damagedReason) wantCheck(data.file);
      post({
        type: 'failed',
        id: message.id,
        error: failure.toBody(),
        detail: describe(error, message),
      });
    }
  });
  post({ type: 'ready', ...(recovery && { recovery }) });
}

// Parameters may hold private text and stay out.
function describe(error: unknown, message: ToDatabaseWorker): string {
  const statement = message.type === 'query' ? message.sql.slice(0, 200) : message.type;
  return `${error instanceof Error ? error.message : String(error)} in: ${statement}`;
}

type Connections = Readonly<Record<QueryMode, Connection>> & { close(): void };

/** Opens (and if needed creates and migrates) the database: one connection writes, one reads. */
export function openConnections(
  data: DatabaseWorkerData,
  migrations: readonly Migration[],
): Connections {
  const writer = new DatabaseSync(data.file, { timeout: busyTimeoutMs });
  try {
    writer.exec('pragma journal_mode = wal; pragma synchronous = normal; pragma foreign_keys = on');
    checkIntegrity(writer, data.file);
    migrate(writer, { ...data, migrations, now: Date.now() });
    const reader = new DatabaseSync(data.file, { timeout: busyTimeoutMs });
    reader.exec('pragma query_only = on');
    return {
      write: new Connection(writer),
      read: new Connection(reader),
      close() {
        reader.close();
        writer.exec('pragma optimize');
        writer.close();
      },
    };
  } catch (error) {
    writer.close();
    throw error;
  }
}

function checkIntegrity(database: DatabaseSync, file: string): void {
  if (statSync(file).size > checkedUpToBytes && !wantsCheck(file)) return;
  const verdict = database.prepare('pragma quick_check(1)').get()?.['quick_check'];
  if (verdict !== 'ok') throw damagedDatabase(file, verdict);
}

/** One SQLite connection with its prepared statements, least recently used dropped first. */
class Connection {
  private readonly database: DatabaseSync;
  private readonly statements = new Map<string, StatementSync>();

  constructor(database: DatabaseSync) {
    this.database = database;
  }

  run(
    sql: string,
    params: readonly SqlValue[],
  ): { readonly rows: readonly DatabaseRow[]; readonly changes: number } {
    const statement = this.prepare(sql);
    if (statement.columns().length > 0) {
      const rows = statement.all(...params) as DatabaseRow[];
      return { rows, changes: rows.length };
    }
    return { rows: [], changes: Number(statement.run(...params).changes) };
  }

  private prepare(sql: string): StatementSync {
    const statement = this.statements.get(sql) ?? this.database.prepare(sql);
    this.statements.delete(sql);
    this.statements.set(sql, statement);
    if (this.statements.size > cachedStatements) {
      const [oldest] = this.statements.keys();
      if (oldest !== undefined) this.statements.delete(oldest);
    }
    return statement;
  }
}
