import type { z } from 'zod';
import { addUsageSums, noUsageSum } from '../../contract/usage.ts';
import type { UsageGrouping, UsageSum, usage } from '../../contract/usage.ts';
import { localDay, startOfDay, startOfHour, startOfNextDay } from '../../core/local-time.ts';
import type { UsageDay, UsageFilter, UsageRange, UsageStore } from './ports.ts';
import { toCsv } from '../../core/csv.ts';

export type UsageReport = z.infer<typeof usage.report.output>;
export type UsageExport = z.infer<typeof usage.export.output>;

export interface UsageQuestion extends UsageRange, UsageFilter {
  readonly by: UsageGrouping;
  readonly step: 'hour' | 'day';
}

/** What keys, people, machines and pools are called now; undefined for what is gone. Reads of memory. */
export interface UsageNames {
  readonly key: (id: string) => string | undefined;
  readonly person: (id: string) => string | undefined;
  readonly machine: (upstream: string) => string | undefined;
  readonly pool: (id: string) => string | undefined;
}

/** What was used, by whom and of what, over time. */
export interface Usage {
  report(question: UsageQuestion): Promise<UsageReport>;
  export(
    range: UsageRange & UsageFilter & { readonly format: 'csv' | 'json' },
  ): Promise<UsageExport>;
}

interface UsageDeps {
  readonly store: UsageStore;
  readonly names: UsageNames;
  /** Requests that ended and are not in the sums yet. */
  readonly pending: () => number;
}

export function createUsage({ store, names, pending }: UsageDeps): Usage {
  /** What is called something now, else what it was called when it was used last. */
  const namer = async (): Promise<(by: UsageGrouping, id: string) => string> => {
    const labels = await store.labels();
    const former = new Map(labels.map(({ kind, id, label }) => [`${kind}\n${id}`, label]));
    return (by, id) => {
      if (by === 'model' || by === 'provider') return id;
      const now = names[by](id);
      // Somebody who is gone has no name.
      return now === undefined || now === '' ? (former.get(`${by}\n${id}`) ?? id) : now;
    };
  };
  return {
    async report(question) {
      const { by, step } = question;
      const waiting = pending();
      const range = wholeSteps(question, step);
      const [points, nameOf] = await Promise.all([
        store.points(range, by, step, question),
        namer(),
      ]);
      const rows = new Map<string, { sum: UsageSum; points: { at: number; sum: UsageSum }[] }>();
      for (const { at, group, sum } of points) {
        const row = rows.get(group) ?? { sum: noUsageSum, points: [] };
        row.points.push({ at: step === 'day' ? startOfDay(at) : at, sum });
        rows.set(group, { ...row, sum: addUsageSums(row.sum, sum) });
      }
      const listed = [...rows].map(([group, row]) => ({
        group,
        label: group === '' ? '' : nameOf(by, group),
        ...row,
      }));
      return {
        totals: listed.reduce((total, { sum }) => addUsageSums(total, sum), noUsageSum),
        rows: listed.sort((a, b) => weight(b.sum) - weight(a.sum) || compare(a.label, b.label)),
        pending: waiting,
      };
    },
    async export({ from, to, format, ...filter }) {
      const range = wholeSteps({ from, to }, 'day');
      const [days, nameOf] = await Promise.all([store.days(range, filter), namer()]);
      const lines = days.map((day) => exportLine(day, nameOf));
      const first = localDay(range.from);
      const fileName = `millpond-usage-${first}-to-${localDay(range.to - 1)}.${format}`;
      if (format === 'json') {
        const text = `${JSON.stringify(lines, undefined, 2)}\n`;
        return { fileName, mediaType: 'application/json', text };
      }
      const text = toCsv(
        exportColumns,
        lines.map((line) => exportColumns.map((column) => line[column])),
      );
      return { fileName, mediaType: 'text/csv; charset=utf-8', text };
    },
  };
}

/** Every hour or day that touches the range. */
function wholeSteps({ from, to }: UsageRange, step: 'hour' | 'day'): UsageRange {
  const last = Math.max(from, to - 1);
  return step === 'hour'
    ? { from: startOfHour(from), to: startOfHour(last) + hourMs }
    : { from: startOfDay(from), to: startOfNextDay(last) };
}

const hourMs = 3_600_000;

/** What people look for first: what is dear, then what is much. */
function weight({ costMicros, promptTokens, completionTokens, requests }: UsageSum): number {
  return costMicros * 1e6 + promptTokens + completionTokens + requests;
}

function compare(a: string, b: string): number {
  return a.localeCompare(b);
}

const exportColumns = [
  ...['day', 'key', 'keyId', 'person', 'personId', 'model', 'machine', 'provider', 'pool'],
  ...['requests', 'failed', 'promptTokens', 'cachedTokens', 'completionTokens'],
  ...['reasoningTokens', 'costMicros', 'costUsd', 'creditMicros', 'unpricedRequests'],
] as const;

function exportLine(row: UsageDay, nameOf: (by: UsageGrouping, id: string) => string) {
  const { sum } = row;
  const named = (by: UsageGrouping, id: string): string => (id === '' ? '' : nameOf(by, id));
  return {
    day: row.day,
    key: named('key', row.keyId),
    keyId: row.keyId,
    person: named('person', row.personId),
    personId: row.personId,
    model: row.model,
    machine: named('machine', row.machine),
    provider: row.provider,
    pool: named('pool', row.poolId),
    requests: sum.requests,
    failed: sum.failed,
    promptTokens: sum.promptTokens,
    cachedTokens: sum.cachedTokens,
    completionTokens: sum.completionTokens,
    reasoningTokens: sum.reasoningTokens,
    costMicros: sum.costMicros,
    costUsd: dollars(sum.costMicros),
    creditMicros: sum.creditMicros,
    unpricedRequests: sum.unpriced,
  } satisfies Record<(typeof exportColumns)[number], string | number>;
}

/** `0.031600`: every micro, never a fraction that is off by a bit. */
function dollars(micros: number): string {
  const whole = Math.trunc(micros / 1_000_000);
  return `${whole.toString()}.${(micros % 1_000_000).toString().padStart(6, '0')}`;
}
