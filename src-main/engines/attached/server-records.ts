import { z } from 'zod';
import { MillpondError } from '../../core/error.ts';
import type { AttachedServerStore, Secrets, StoredAttachedServer } from '../ports.ts';

/** A server as it was kept. */
export interface ServerRecord {
  readonly stored: StoredAttachedServer;
  readonly keys: readonly string[];
  /** Why its keys cannot be read, in one sentence; it is useless without them. */
  readonly problem?: string;
}

/** What is kept of servers: the settings in the store, their keys among the secrets. */
export class ServerRecords {
  private readonly store: AttachedServerStore;
  private readonly secrets: Secrets;

  constructor(deps: { readonly store: AttachedServerStore; readonly secrets: Secrets }) {
    this.store = deps.store;
    this.secrets = deps.secrets;
  }

  async list(): Promise<readonly ServerRecord[]> {
    const records: ServerRecord[] = [];
    for (const stored of await this.store.list()) {
      try {
        records.push({ stored, keys: await this.keysOf(stored.id) });
      } catch (error) {
        records.push({ stored, keys: [], problem: MillpondError.from(error).message });
      }
    }
    return records;
  }

  /** Keys first: a server that is kept without its keys could not be used. Absent keys stay. */
  async save(stored: StoredAttachedServer, keys?: readonly string[]): Promise<void> {
    if (keys !== undefined) {
      const value = keys.length === 0 ? undefined : JSON.stringify(keys);
      await this.secrets.write(secretOf(stored.id), value);
    }
    await this.store.save(stored);
  }

  async remove(id: string): Promise<void> {
    await this.store.remove(id);
    await this.secrets.write(secretOf(id), undefined);
  }

  async keysOf(id: string): Promise<readonly string[]> {
    const text = await this.secrets.read(secretOf(id));
    return text === undefined ? [] : keyList.parse(JSON.parse(text));
  }
}

const keyList = z.array(z.string());

function secretOf(id: string): string {
  return `attached-server:${id}`;
}
