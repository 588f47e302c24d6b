import { createHash } from 'node:crypto';
import type { Clock } from '../../core/clock.ts';
import { MillpondError } from '../../core/error.ts';
import { hubClosed, isOutage, notAHub } from './hub-errors.ts';
import type { CachedAnswer, HubCache } from './hub-cache.ts';
import type { Freshness } from './hub-repo.ts';
import type { HubAnswer, HubConnection, HubGet, HubRequests } from './hub-requests.ts';

export interface HubRead<T> extends HubGet {
  /** A remembered answer younger than this is taken without asking. */
  readonly maxAgeMs: number;
  /** Makes sense of the text or throws `notAHub`; what makes none is not remembered. */
  readonly parse: (body: string, endpoint: string) => T;
}

/** What the hub said, and how that came about. */
export interface HubValue<T> {
  readonly value: T;
  readonly cursor?: string;
  readonly freshness: Freshness;
}

interface Told<T> {
  readonly answer: CachedAnswer;
  readonly value: T;
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

/** For so long after a failure what is known is told at once, and without it the failure is repeated. */
const quietWithAnswerMs = 15_000;
const quietWithoutAnswerMs = 2_000;

/** Reads the hub through the cache; when the hub says nothing, what it said last is told. */
export class HubReader {
  private readonly deps: HubReaderDeps;
  /** The latest failure to reach a hub: a page of twenty questions waits for one time limit, not for twenty. */
  private outage:
    { readonly endpoint: string; readonly at: number; readonly error: MillpondError } | undefined;

  constructor(deps: HubReaderDeps) {
    this.deps = deps;
  }

  async read<T>(request: HubRead<T>): Promise<HubValue<T>> {
    const { cache, clock } = this.deps;
    const access = await this.deps.access();
    const key = keyOf(request.path, access);
    const known = await this.recall(key, request);
    if (known && isFresh(known.answer, access, { ...request, now: clock.now() })) {
      return tell(known, false);
    }
    try {
      this.throwIfQuiet(access, known ? quietWithAnswerMs : quietWithoutAnswerMs);
      const answer = await this.ask(access, key, { ...request, known: known?.answer });
      const told = { answer, value: request.parse(answer.body, answer.endpoint) };
      this.outage = undefined;
      await cache.write(answer);
      return tell(told, false);
    } catch (error) {
      const failure = MillpondError.from(error);
      this.noteOutage(access, failure);
      if (known === undefined || !isOutage(failure)) throw failure;
      return tell(known, true);
    }
  }

  /** What was said before, if it still makes sense to this version of the program. */
  private async recall<T>(key: string, { parse }: HubRead<T>): Promise<Told<T> | undefined> {
    const answer = await this.deps.cache.read(key, this.deps.clock.now());
    if (answer === undefined) return undefined;
    try {
      return { answer, value: parse(answer.body, answer.endpoint) };
    } catch {
      return undefined;
    }
  }

  private throwIfQuiet({ endpoint }: HubAccess, quietMs: number): void {
    const { outage } = this;
    if (outage?.endpoint !== endpoint) return;
    if (this.deps.clock.now() - outage.at < quietMs) throw outage.error;
  }

  private noteOutage({ endpoint }: HubAccess, error: MillpondError): void {
    if (error.reason !== 'hub-unreachable' || error === this.outage?.error) return;
    this.outage = { endpoint, at: this.deps.clock.now(), error };
  }

  private async ask(
    access: HubAccess,
    key: string,
    request: HubGet & { readonly known: CachedAnswer | undefined },
  ): Promise<CachedAnswer> {
    const { requests, clock } = this.deps;
    if (access.closedBy !== undefined) throw hubClosed(access.closedBy);
    const known = request.known?.endpoint === access.endpoint ? request.known : undefined;
    const answer = await requests.get(access, {
      ...request,
      ...(known?.etag !== undefined && { etag: known.etag }),
    });
    const { endpoint } = access;
    return remember(answer, known, { key, endpoint, at: clock.now() });
  }
}

function isFresh(
  known: CachedAnswer,
  access: HubAccess,
  limits: { readonly maxAgeMs: number; readonly now: number },
): boolean {
  const isUnchanging = limits.maxAgeMs === unchanging;
  if (access.closedBy !== undefined) return isUnchanging;
  // What one hub says about a commit says nothing about what another has.
  if (known.endpoint !== access.endpoint) return false;
  const age = limits.now - known.at;
  return isUnchanging || (age >= 0 && age < limits.maxAgeMs);
}

function remember(
  answer: HubAnswer,
  known: CachedAnswer | undefined,
  origin: Pick<CachedAnswer, 'key' | 'endpoint' | 'at'>,
): CachedAnswer {
  if (answer.body === undefined) {
    if (known !== undefined) return { ...known, at: origin.at };
    throw notAHub(origin.endpoint); // Nothing has changed since it never said anything.
  }
  const { body, etag, cursor } = answer;
  return {
    ...origin,
    body,
    ...(etag !== undefined && { etag }),
    ...(cursor !== undefined && { cursor }),
  };
}

function tell<T>({ answer, value }: Told<T>, isStale: boolean): HubValue<T> {
  const { cursor, endpoint, at } = answer;
  return {
    value,
    ...(cursor !== undefined && { cursor }),
    freshness: { endpoint, at, isStale },
  };
}

/** What one token may see is not shown to another; the token itself is in no file. */
function keyOf(path: string, access: HubConnection): string {
  const token = access.token?.value;
  if (token === undefined) return path;
  return `${createHash('sha256').update(token).digest('hex').slice(0, 16)} ${path}`;
}
