import type { RequestLogStore } from '../gateway/ports.ts';
import {
  optional,
  readError,
  readTexts,
  readTimings,
  readUsage,
  same,
  writeJson,
} from './columns.ts';
import { readRoute } from './route-column.ts';
import type { RequestsTable } from './schema.ts';

type RequestRecord = Parameters<RequestLogStore['append']>[0][number];

export function toRow(record: RequestRecord): RequestsTable {
  const { id, caller, client, task, path, model, state } = record;
  return {
    ...{ id, caller, client, task, path, model, state },
    started_at: record.startedAt,
    streamed: record.streamed ? 1 : 0,
    status: record.status ?? null,
    machine: record.machine ?? null,
    duration_ms: record.durationMs ?? null,
    usage: writeJson(record.usage),
    timings: writeJson(record.timings),
    error: writeJson(record.error),
    person_id: record.personId ?? null,
    pool_id: record.poolId ?? null,
    route: writeJson(record.route),
    moved_from: writeJson(record.movedFrom),
    key_id: record.keyId ?? null,
    alias: record.alias ?? null,
    provider: record.provider ?? null,
    upstream: record.upstream ?? null,
    cost_micros: record.costMicros ?? null,
    is_unpriced: record.isUnpriced ? 1 : null,
    credit_micros: record.creditMicros ?? null,
    is_cached: record.isCached ? 1 : null,
    tags: writeJson(record.tags),
  };
}

export function toRecord(row: RequestsTable): RequestRecord {
  const { id, caller, client, task, path, model } = row;
  return {
    ...{ id, caller, client, task, path, model },
    startedAt: row.started_at,
    streamed: row.streamed === 1,
    state: endedState(row.state),
    ...optional('status', row.status, same),
    ...optional('machine', row.machine, same),
    ...optional('durationMs', row.duration_ms, same),
    ...optional('usage', row.usage, readUsage),
    ...optional('timings', row.timings, readTimings),
    ...optional('error', row.error, readError),
    ...optional('personId', row.person_id, same),
    ...optional('poolId', row.pool_id, same),
    ...optional('route', row.route, readRoute),
    ...optional('movedFrom', row.moved_from, (json) => [...readTexts(json)]),
    ...optional('keyId', row.key_id, same),
    ...optional('alias', row.alias, same),
    ...optional('provider', row.provider, same),
    ...optional('upstream', row.upstream, same),
    ...optional('costMicros', row.cost_micros, same),
    ...optional('isUnpriced', row.is_unpriced, yes),
    ...optional('creditMicros', row.credit_micros, same),
    ...optional('isCached', row.is_cached, yes),
    ...optional('tags', row.tags, (json) => [...readTexts(json)]),
  };
}

function endedState(state: string): 'done' | 'failed' | 'cancelled' {
  return state === 'done' || state === 'cancelled' ? state : 'failed';
}

function yes(): true {
  return true;
}
