import type { RequestRecord } from '../contract/activity.ts';
import type {
  ApiKeyStore,
  RequestLogQuery,
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
import { createMemoryTeamStores } from './memory-team-stores.ts';
import type { MemoryTeamStores } from './memory-team-stores.ts';
import type { AlertStore } from '../gateway/alerts/ports.ts';
import { createMemoryAlertStore, createMemoryPriceStore, noUsageSums } from './memory-usage.ts';
import type { PriceStore, UsageStore } from '../gateway/usage/ports.ts';
import { MemoryResponseStore } from './memory-responses.ts';

/** The gateway's stores without a database. */
export interface MemoryStores extends MemoryTeamStores {
  readonly keys: ApiKeyStore;
  readonly sessions: SessionStore;
  readonly requestLog: RequestLogStore & { readonly records: readonly RequestRecord[] };
  readonly people: PeopleStore;
  readonly responses: MemoryResponseStore;
  readonly audit: AuditStore;
  readonly prices: PriceStore;
  readonly usage: UsageStore;
  readonly alerts: AlertStore;
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
    prices: createMemoryPriceStore(),
    usage: noUsageSums,
    alerts: createMemoryAlertStore(),
    ...createMemoryTeamStores(),
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
      const known = new Set(records.map(({ id }) => id));
      records = [...records, ...added.filter(({ id }) => !known.has(id))];
      return Promise.resolve();
    },
    query: ({ limit, before, search, machine, ...equal }) => {
      const matching = records
        .filter((record) => before === undefined || record.startedAt < before)
        .filter((record) => hasAll(record, equal))
        .filter(
          (record) =>
            machine === undefined || record.machine === machine || record.upstream === machine,
        )
        .filter(
          ({ model, caller, client, alias = '' }) =>
            search === undefined || `${model}\n${caller}\n${client}\n${alias}`.includes(search),
        )
        .toSorted((a, b) => b.startedAt - a.startedAt);
      return Promise.resolve({ requests: matching.slice(0, limit), total: matching.length });
    },
    get: (id) => Promise.resolve(records.find((record) => record.id === id)),
    size: () => Promise.resolve({ rows: records.length, bytes: JSON.stringify(records).length }),
    deleteOldest: (limit, before = Infinity) => {
      const oldest = records
        .filter(({ startedAt }) => startedAt < before)
        .toSorted((a, b) => a.startedAt - b.startedAt)
        .slice(0, limit);
      records = records.filter((record) => !oldest.includes(record));
      return Promise.resolve(oldest.length);
    },
  };
}

function hasAll(
  record: RequestRecord,
  wanted: Pick<RequestLogQuery, 'state' | 'poolId' | 'model' | 'keyId' | 'personId' | 'provider'>,
): boolean {
  const { state, poolId, model, keyId, personId, provider } = wanted;
  return [
    state === undefined || record.state === state,
    poolId === undefined || record.poolId === poolId,
    model === undefined || record.model === model,
    keyId === undefined || record.keyId === keyId,
    personId === undefined || record.personId === personId,
    provider === undefined || record.provider === provider,
  ].every(Boolean);
}
