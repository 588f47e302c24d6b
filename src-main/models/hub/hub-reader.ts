import { createHash } from 'node:crypto';
import type { Clock } from '../../core/clock.ts';
import { MillpondError } from '../../core/error.ts';
import { hubClosed, isOutage } from './hub-errors.ts';
import type { CachedAnswer, HubCache } from './hub-cache.ts';
import type { Freshness } from './hub-repo.ts';
import type { HubAnswer, HubConnection, HubGet, HubRequests } from './hub-requests.ts';

export interface HubRead extends HubGet {
  /** A remembered answer younger than this is taken without asking. */
  readonly maxAgeMs: number;
}

/** A text of the hub, and how it came about. */
export interface HubText {
  readonly body: string;
  readonly cursor?: string;
  readonly freshness: Freshness;
}

/** A connection as it is now: to whom, with which token, and whether anybody may be asked at all. */
export interface HubAccess extends HubConnection {
  readonly closedBy?: 'local-only' | 'environment';
}

interface HubReaderDeps {
  readonly requests: HubRequests;
  readonly cache: HubCache;
  readonly clock: Clock;
  readonly access: () => Promise<HubAccess>;
}

/** An answer that no time can change: what lies at one commit. */
export const unchanging = Number.POSITIVE_INFINITY;

/** Reads texts of the hub through the cache; when the hub says nothing, what it said last is told. */
export class HubReader {
  private readonly deps: HubReaderDeps;

  constructor(deps: HubReaderDeps) {
    this.deps = deps;
  }

  async read(request: HubRead): Promise<HubText> {
    const { cache, clock } = this.deps;
    const access = await this.deps.access();
    const key = keyOf(request.path, access);
    const known = await cache.read(key, clock.now());
    if (known !== undefined && isFresh(known, access, { ...request, now: clock.now() })) {
      return toText(known, false);
    }
    try {
      return toText(await this.ask(access, key, { ...request, known }), false);
    } catch (error) {
      const failure = MillpondError.from(error);
      if (known === undefined || !isOutage(failure)) throw failure;
      return toText(known, true);
    }
  }

  private async ask(
    access: HubAccess,
    key: string,
    request: HubRead & { readonly known: CachedAnswer | undefined },
  ): Promise<CachedAnswer> {
    const { requests, cache, clock } = this.deps;
    if (access.closedBy !== undefined) throw hubClosed(access.closedBy);
    const known = request.known?.endpoint === access.endpoint ? request.known : undefined;
    const answer = await requests.get(access, {
      ...request,
      ...(known?.etag !== undefined && { etag: known.etag }),
    });
    const { endpoint } = access;
    const now = remember(answer, known, { key, endpoint, at: clock.now() });
    await cache.write(now);
    return now;
  }
}

function isFresh(
  known: CachedAnswer,
  access: HubAccess,
  limits: { readonly maxAgeMs: number; readonly now: number },
): boolean {
  if (limits.maxAgeMs === unchanging) return true;
  const age = limits.now - known.at;
  return (
    access.closedBy === undefined &&
    known.endpoint === access.endpoint &&
    age >= 0 &&
    age < limits.maxAgeMs
  );
}

function remember(
  answer: HubAnswer,
  known: CachedAnswer | undefined,
  origin: Pick<CachedAnswer, 'key' | 'endpoint' | 'at'>,
): CachedAnswer {
  if (answer.body === undefined) {
    if (known !== undefined) return { ...known, at: origin.at };
    throw new MillpondError(
      'unavailable',
      'The hub answered that nothing has changed since never',
      {
        reason: 'hub-unreachable',
      },
    );
  }
  const { body, etag, cursor } = answer;
  return {
    ...origin,
    body,
    ...(etag !== undefined && { etag }),
    ...(cursor !== undefined && { cursor }),
  };
}

/** What one token may see is not shown to another; the token itself is in no file. */
function keyOf(path: string, access: HubConnection): string {
  const token = access.token?.value;
  if (token === undefined) return path;
  return `${createHash('sha256').update(token).digest('hex').slice(0, 16)} ${path}`;
}

function toText(answer: CachedAnswer, isStale: boolean): HubText {
  const { body, cursor, endpoint, at } = answer;
  return { body, ...(cursor !== undefined && { cursor }), freshness: { endpoint, at, isStale } };
}
