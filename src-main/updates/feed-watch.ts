import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../core/clock.ts';
import { MillpondError } from '../core/error.ts';
import type { HttpClient } from '../core/http.ts';
import { writeFileAtomic } from '../platform/atomic-file.ts';
import { readFeed } from './feed.ts';
import type { Feed, SignedFeed } from './feed.ts';
import { fetchFeed } from './fetch-feed.ts';
import type { UpdateLog, UpdateSource } from './ports.ts';
import type { UpdateStateFile } from './update-state.ts';

interface FeedWatchDeps {
  readonly source: UpdateSource | undefined;
  readonly folder: string;
  readonly state: UpdateStateFile;
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: UpdateLog;
  /** Asked before each look that nobody asked for. */
  readonly mayLook: () => boolean;
  readonly onChanged: () => void;
}

const dayMs = 24 * 3_600_000;
/** A start has better things to do first; and not everybody who starts at nine asks at nine. */
const earliestMs = 60_000;
const spreadMs = 600_000;
const askLimitMs = 60_000;

/** Knows the newest feed that was proved, also across starts, and asks for a newer one at most daily. */
export class FeedWatch {
  private readonly deps: FeedWatchDeps;
  private known: Feed | undefined;
  private looking: Promise<void> | undefined;
  private failure: MillpondError | undefined;
  private cancel: () => void = () => {};
  private isStopped = false;

  constructor(deps: FeedWatchDeps) {
    this.deps = deps;
    this.known = this.readKept();
  }

  get feed(): Feed | undefined {
    return this.known;
  }

  get isLooking(): boolean {
    return this.looking !== undefined;
  }

  /** Why the latest look brought nothing. */
  get error(): MillpondError | undefined {
    return this.failure;
  }

  /** Looks from now on: a day after the latest look, and not at once. */
  start(): void {
    const { clock, state, random } = this.deps;
    const since = clock.now() - (state.current.lastCheckedAt ?? 0);
    const owed = Math.max(0, dayMs - Math.max(0, since));
    this.cancel = clock.after(owed + earliestMs + random() * spreadMs, () => {
      void this.lookAndGoOn();
    });
  }

  stop(): void {
    this.isStopped = true;
    this.cancel();
  }

  /** Never rejects: what went wrong is in `error`. One look at a time. */
  look(): Promise<void> {
    this.looking ??= this.lookOnce().finally(() => {
      this.looking = undefined;
      this.deps.onChanged();
    });
    this.deps.onChanged();
    return this.looking;
  }

  private async lookAndGoOn(): Promise<void> {
    if (this.deps.mayLook()) await this.look();
    // Also where nothing may be asked: the owner may change that.
    if (!this.isStopped) this.start();
  }

  private async lookOnce(): Promise<void> {
    const { clock, log, state } = this.deps;
    try {
      this.known = await this.fetch(AbortSignal.timeout(askLimitMs));
      this.failure = undefined;
    } catch (error) {
      this.failure = MillpondError.from(error);
      log.warn({ reason: this.failure.message }, 'no list of updates');
    }
    // A refusal by *Local only* was no look.
    if (this.failure?.reason === 'local-only') return;
    await state.change({ lastCheckedAt: clock.now() }).catch((error: unknown) => {
      log.warn({ err: error }, 'look for updates not noted');
    });
  }

  private async fetch(signal: AbortSignal): Promise<Feed> {
    const { source, http, state } = this.deps;
    if (source === undefined) throw new Error('a build without a feed was asked for updates');
    let signed = await fetchFeed(http, source.feed, signal);
    let feed: Feed;
    try {
      feed = readFeed(signed, source.publicKey);
    } catch {
      // A new feed may have been put there between the two files.
      signed = await fetchFeed(http, source.feed, signal);
      feed = readFeed(signed, source.publicKey);
    }
    if (feed.serial < state.current.newestSerial) throw playedAgain();
    await this.keep(signed);
    await state.change({ newestSerial: feed.serial });
    return feed;
  }

  /** Kept as it came, so that it is proved again when it is read. */
  private async keep({ bytes, signature }: SignedFeed): Promise<void> {
    mkdirSync(this.deps.folder, { recursive: true, mode: 0o700 });
    await writeFileAtomic(this.file, bytes);
    await writeFileAtomic(`${this.file}.sig`, signature);
  }

  private readKept(): Feed | undefined {
    const { source, state } = this.deps;
    if (source === undefined) return undefined;
    try {
      const signature = readFileSync(`${this.file}.sig`, 'utf8');
      const feed = readFeed({ bytes: readFileSync(this.file), signature }, source.publicKey);
      return feed.serial < state.current.newestSerial ? undefined : feed;
    } catch {
      return undefined; // Nothing kept, or not whole: the next look brings it.
    }
  }

  private get file(): string {
    return join(this.deps.folder, 'feed.json');
  }
}

function playedAgain(): MillpondError {
  return new MillpondError(
    'forbidden',
    'The list of updates is older than one that was seen before, so nothing of it was used; try again later or on another network',
    { reason: 'update-replay' },
  );
}
