import type { RequestRecord } from '../contract/activity.ts';
import type {
  ApiKeyStore,
  RequestLogStore,
  SessionStore,
  StoredApiKey,
  StoredSession,
} from '../gateway/ports.ts';
import type { AuditStore } from '../gateway/audit/ports.ts';
import type { PeopleStore } from '../gateway/people/ports.ts';
import { createMemoryAudit } from './memory-audit.ts';
import { createMemoryNodesStores } from './memory-nodes.ts';
import type { MemoryNodesStores } from './memory-nodes.ts';
import { MemoryPeopleStore } from './memory-people.ts';
import { MemoryResponseStore } from './memory-responses.ts';

/** The gateway's stores without a database. */
export interface MemoryStores {
  readonly keys: ApiKeyStore;
  readonly sessions: SessionStore;
  readonly requestLog: RequestLogStore & { readonly records: readonly RequestRecord[] };
  readonly people: PeopleStore;
  readonly responses: MemoryResponseStore;
  readonly audit: AuditStore;
  readonly nodes: MemoryNodesStores;
}

export const ownerPersonId = '0190a000-0000-7000-8000-000000000001';

export function createMemoryStores(): MemoryStores {
  return {
    keys: createTable<StoredApiKey>(),
    sessions: createTable<StoredSession>(),
    requestLog: createRequestLog(),
    people: new MemoryPeopleStore({
      ...{ id: ownerPersonId, name: 'Olga', role: 'owner', createdAt: 1 },
    }),
    audit: createMemoryAudit(),
    responses: new MemoryResponseStore(),
    nodes: createMemoryNodesStores(),
  };
}

function createTable<Row extends { readonly id: string; readonly lastUsedAt?: number }>() {
  const rows = new Map<string, Row>();
  return {
    list: () => Promise.resolve([...rows.values()]),
    insert: (row: Row) => {
      rows.set(row.id, row);
      return Promise.resolve();
    },
    update: (row: Row) => {
      rows.set(row.id, row);
      return Promise.resolve();
    },
    remove: (id: string) => {
      rows.delete(id);
      return Promise.resolve();
    },
    touch: (id: string, lastUsedAt: number) => {
      const row = rows.get(id);
      if (row !== undefined) rows.set(id, { ...row, lastUsedAt });
      return Promise.resolve();
    },
  };
}

function createRequestLog(): MemoryStores['requestLog'] {
  let records: readonly RequestRecord[] = [];
  return {
    get records() {
      return records;
    },
    append: (added) => {
      records = [...records, ...added];
      return Promise.resolve();
    },
    query: ({ limit, before, state, search, poolId }) => {
      const wanted = records
        .filter((record) => before === undefined || record.startedAt < before)
        .filter((record) => state === undefined || record.state === state)
        .filter((record) => poolId === undefined || record.poolId === poolId)
        .filter(
          ({ model, caller, client }) =>
            search === undefined || `${model}\n${caller}\n${client}`.includes(search),
        )
        .toSorted((a, b) => b.startedAt - a.startedAt);
      return Promise.resolve({ requests: wanted.slice(0, limit), total: wanted.length });
    },
    get: (id) => Promise.resolve(records.find((record) => record.id === id)),
    prune: (before) => {
      records = records.filter((record) => record.startedAt >= before);
      return Promise.resolve();
    },
  };
}
