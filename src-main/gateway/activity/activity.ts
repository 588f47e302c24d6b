import type { RequestRecord } from '../../contract/activity.ts';
import { MillpondError } from '../../core/error.ts';
import type { RequestLogQuery, RequestLogStore } from '../ports.ts';
import type { LiveRequests } from './live-requests.ts';
import type { LogWriter } from './log-writer.ts';

export interface ActivityQuery {
  readonly limit: number;
  /** Only requests that started before this epoch millisecond. */
  readonly before?: number | undefined;
  readonly state?: 'running' | 'done' | 'failed' | 'cancelled' | undefined;
  /** Matched against model, alias, caller and client. */
  readonly search?: string | undefined;
  readonly poolId?: string | undefined;
  readonly model?: string | undefined;
  readonly keyId?: string | undefined;
  readonly personId?: string | undefined;
  readonly provider?: string | undefined;
  /** Its name, or the upstream's id. */
  readonly machine?: string | undefined;
}

/** What the Activity page asks. */
export interface Activity {
  /** Running requests first, then the newest that ended. `total` counts all that match. */
  list(
    query: ActivityQuery,
  ): Promise<{ readonly requests: RequestRecord[]; readonly total: number }>;
  /** Running or ended. Rejects with `not-found` once the log has forgotten it. */
  get(id: string): Promise<RequestRecord>;
  /** Ends a running request of any caller. Throws `not-found` when it has ended already. */
  cancel(id: string): void;
}

interface ActivityDeps {
  readonly live: Pick<LiveRequests, 'running' | 'cancel'>;
  readonly writer: Pick<LogWriter, 'pending'>;
  readonly store: RequestLogStore;
}

export function createActivity({ live, writer, store }: ActivityDeps): Activity {
  return {
    async list(query) {
      const isWanted = matcher(query);
      const running = live.running().filter(isWanted).toSorted(newestFirst);
      const { state } = query;
      if (state === 'running') return page(running, query.limit, running.length);
      const stored = await store.query(storedQuery(query, state));
      const known = new Set(stored.requests.map((record) => record.id));
      const unwritten = writer
        .pending()
        .filter((record) => isWanted(record) && !known.has(record.id));
      const ended = [...unwritten, ...stored.requests].toSorted(newestFirst);
      const total = running.length + unwritten.length + stored.total;
      return page([...running, ...ended], query.limit, total);
    },
    async get(id) {
      const found =
        [...live.running(), ...writer.pending()].find((record) => record.id === id) ??
        (await store.get(id));
      if (found === undefined) {
        throw new MillpondError('not-found', 'The log does not hold this request any more');
      }
      return found;
    },
    cancel(id) {
      if (!live.cancel(id)) throw new MillpondError('not-found', 'This request has already ended');
    },
  };
}

function page(requests: readonly RequestRecord[], limit: number, total: number) {
  return { requests: requests.slice(0, limit), total };
}

function newestFirst(a: RequestRecord, b: RequestRecord): number {
  return b.startedAt - a.startedAt;
}

/** Fields that have to be the same. */
const exact = ['poolId', 'model', 'keyId', 'personId', 'provider'] as const;

function storedQuery(query: ActivityQuery, state: RequestLogQuery['state']): RequestLogQuery {
  const { limit, before, search, machine } = query;
  const given = exact.flatMap((field): [string, string][] => {
    const value = query[field];
    return value === undefined ? [] : [[field, value]];
  });
  return {
    limit,
    ...(before !== undefined && { before }),
    ...(state !== undefined && { state }),
    ...(search !== undefined && { search }),
    ...(machine !== undefined && { machine }),
    ...Object.fromEntries<string>(given),
  };
}

const endedStates: readonly string[] = ['done', 'failed', 'cancelled'];

function matcher(query: ActivityQuery): (record: RequestRecord) => boolean {
  const words = query.search?.trim().toLowerCase();
  return (record) => {
    const isEnded = endedStates.includes(record.state);
    if (query.state === 'running' ? isEnded : query.state && query.state !== record.state) {
      return false;
    }
    if (exact.some((field) => query[field] !== undefined && record[field] !== query[field])) {
      return false;
    }
    if (query.machine !== undefined && !isOn(query.machine, record)) return false;
    if (query.before !== undefined && record.startedAt >= query.before) return false;
    if (words === undefined || words === '') return true;
    const { model, alias = '', caller, client } = record;
    return `${model}\n${alias}\n${caller}\n${client}`.toLowerCase().includes(words);
  };
}

function isOn(machine: string, record: RequestRecord): boolean {
  return record.machine === machine || record.upstream === machine;
}
