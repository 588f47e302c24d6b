import type { Clock } from '../../core/clock.ts';
import { MillpondError } from '../../core/error.ts';
import { hostOf } from './hub-endpoint.ts';
import { hubUnreachable, translateFailure } from './hub-errors.ts';
import type { HubAccess } from './hub-reader.ts';
import type { HubRequests } from './hub-requests.ts';

/** How a hub answered just now. */
export interface HubLook {
  readonly host: string;
  /** Why it is not asked. */
  readonly closedBy?: 'local-only' | 'environment';
  /** Of its answer's `Date`, in epoch milliseconds, beside the clock of this computer. */
  readonly date?: { readonly theirs: number; readonly ours: number };
  /** Whether it knows the token that is kept for it; absent without one. */
  readonly token?: 'good' | 'refused';
}

interface LookOptions {
  readonly clock: Pick<Clock, 'now'>;
  readonly signal: AbortSignal;
}

/** One small question. Rejects as `hub-errors.ts` says. */
export async function lookAtHub(
  requests: HubRequests,
  access: HubAccess,
  { clock, signal }: LookOptions,
): Promise<HubLook> {
  const { endpoint, token, closedBy } = access;
  const host = hostOf(endpoint);
  if (closedBy !== undefined) return { host, closedBy };
  const path = token === undefined ? '/api/models?limit=1' : '/api/whoami-v2';
  try {
    const headers = { accept: 'application/json' };
    const { status, headers: said, body } = await requests.open(access, path, { headers, signal });
    await body[Symbol.asyncIterator]().return?.();
    const theirs = Date.parse(String(said['date']));
    const date = Number.isNaN(theirs) ? undefined : { theirs, ours: clock.now() };
    if (status >= 500) throw hubUnreachable(endpoint, new Error(`status ${status.toString()}`));
    return {
      host,
      ...(date && { date }),
      ...(token !== undefined && { token: status === 401 || status === 403 ? 'refused' : 'good' }),
    };
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof MillpondError && error.reason === 'hub-unreachable'
      ? error
      : translateFailure(error, endpoint);
  }
}
