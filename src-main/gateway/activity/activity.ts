import type { RequestRecord } from '../../contract/activity.ts';
import { MillpondError } from '../../core/error.ts';
import type { RequestLogStore } from '../ports.ts';
import type { LiveRequests } from './live-requests.ts';
import type { LogWriter } from './log-writer.ts';

export interface ActivityQuery {
  readonly limit: number;
  /** Only requests that started before this epoch millisecond. */
  readonly before?: number | undefined;
  readonly state?: 'running' | 'done' | 'failed' | 'cancelled' | undefined;
  /** Matched against model, caller and client. */
  readonly search?: string | undefined;
  readonly poolId?: string | undefined;
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
      if (query.state === 'running') return page(running, query.limit, running.length);
      const stored = await store.query({
        limit: query.limit,
        ...(query.before !== undefined && { before: query.before }),
        ...(query.state !== undefined && { state: query.state }),
        ...(query.search !== undefined && { search: query.search }),
        ...(query.poolId !== undefined && { poolId: query.poolId }),
      });
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

const endedStates: readonly string[] = ['done', 'failed', 'cancelled'];

function matcher(query: ActivityQuery): (record: RequestRecord) => boolean {
  const words = query.search?.trim().toLowerCase();
  return (record) => {
    const isEnded = endedStates.includes(record.state);
    if (query.state === 'running' ? isEnded : query.state && query.state !== record.state) {
      return false;
    }
    if (query.poolId !== undefined && record.poolId !== query.poolId) return false;
    if (query.before !== undefined && record.startedAt >= query.before) return false;
    if (words === undefined || words === '') return true;
    return `${record.model}\n${record.caller}\n${record.client}`.toLowerCase().includes(words);
  };
}
