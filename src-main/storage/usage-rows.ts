import { startOfHour } from '../core/local-time.ts';
import type { RequestLogStore } from '../gateway/ports.ts';
import type { UsageHoursTable, UsageLabelsTable } from './tables/usage.ts';

type RequestRecord = Parameters<RequestLogStore['append']>[0][number];

/** What requests that ended add to the sums: one row for each hour and account. */
export function usageRows(records: readonly RequestRecord[]): UsageHoursTable[] {
  const rows = new Map<string, UsageHoursTable>();
  for (const record of records) {
    const row = usageRow(record);
    const key = JSON.stringify(accountColumns.map((column) => row[column]));
    const before = rows.get(key);
    rows.set(key, before === undefined ? row : added(before, row));
  }
  return [...rows.values()];
}

/** What keys and machines are called now. */
export function usageLabels(records: readonly RequestRecord[]): UsageLabelsTable[] {
  const labels = new Map<string, UsageLabelsTable>();
  const add = (
    kind: 'key' | 'machine',
    id: string | undefined,
    label: string | undefined,
  ): void => {
    if (id === undefined || label === undefined) return;
    labels.set(`${kind}\n${id}`, { kind, id, label });
  };
  for (const { keyId, caller, provider, upstream, machine } of records) {
    add('key', keyId, caller);
    if (provider === undefined) add('machine', upstream, machine);
  }
  return [...labels.values()];
}

export const accountColumns = [
  'hour',
  'key_id',
  'person_id',
  'model',
  'machine',
  'provider',
  'pool_id',
] as const;

export const sumColumns = [
  'requests',
  'failed',
  'prompt_tokens',
  'cached_tokens',
  'completion_tokens',
  'reasoning_tokens',
  'cost_micros',
  'credit_micros',
  'unpriced',
] as const;

function usageRow(record: RequestRecord): UsageHoursTable {
  const { usage, provider } = record;
  return {
    hour: startOfHour(record.startedAt),
    key_id: record.keyId ?? '',
    person_id: record.personId ?? '',
    model: isNamedByCaller(record) ? '' : record.model,
    machine: provider === undefined ? (record.upstream ?? '') : '',
    provider: provider ?? '',
    pool_id: record.poolId ?? '',
    requests: 1,
    failed: record.state === 'failed' ? 1 : 0,
    prompt_tokens: usage?.promptTokens ?? 0,
    cached_tokens: usage?.cachedTokens ?? 0,
    completion_tokens: usage?.completionTokens ?? 0,
    reasoning_tokens: usage?.reasoningTokens ?? 0,
    cost_micros: record.costMicros ?? 0,
    credit_micros: record.creditMicros ?? 0,
    unpriced: record.isUnpriced ? 1 : 0,
  };
}

/** Refused before any model was looked at, or because there is none of that name. */
const beforeAnyModel: ReadonlySet<string> = new Set([
  'invalid-request',
  'model-not-found',
  'not-found',
  'too-large',
  'unauthenticated',
  'forbidden',
]);

/** Whether the name may be any text: sums by model must not grow with what callers make up. */
function isNamedByCaller({ upstream, machine, provider, error }: RequestRecord): boolean {
  if (upstream !== undefined || machine !== undefined || provider !== undefined) return false;
  return error !== undefined && beforeAnyModel.has(error.code);
}

function added(row: UsageHoursTable, more: UsageHoursTable): UsageHoursTable {
  const sum = { ...row };
  for (const column of sumColumns) sum[column] += more[column];
  return sum;
}
