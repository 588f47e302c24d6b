/** One way in which the network or a server goes wrong. Fields may be combined. */
export interface HubFault {
  /** Which server misbehaves: the hub itself, or the one that has the bytes (unless given). */
  readonly at?: 'hub' | 'cdn';
  /** How many responses it spoils; absent: all until it is cleared. */
  readonly times?: number;
  /** Only responses that hold this byte of the file. */
  readonly onlyHolding?: number;

  /** Answers with this status and no file, such as 500 or 429. */
  readonly status?: number;
  /** Seconds, sent with `status`. */
  readonly retryAfter?: number;
  /** Answers 200 with a web page, as the login of a hotel's network does. */
  readonly html?: boolean;
  /** Each response carries at most this many bytes a second. */
  readonly bytesPerSecond?: number;
  /** Says nothing more after so many bytes of the body, and keeps the connection. */
  readonly stallAfterBytes?: number;
  /** Drops the connection after so many bytes of the body. */
  readonly cutAfterBytes?: number;
  /** Announces so many bytes more (then drops the connection) or fewer (and ends early). */
  readonly lengthOff?: number;
  /** Answers every range with 200 and the whole file. */
  readonly ignoresRange?: boolean;
  /** Names a range in `Content-Range` that begins so many bytes later than what it sends. */
  readonly rangeOff?: number;
  /** Inverts the byte of the file at this offset. */
  readonly flipByteAt?: number;
  /** Another ETag than before, as if the file had been replaced. */
  readonly etag?: string;
}

/** The faults that are on now, by path inside the repository; `*` spoils every file. */
export class HubFaults {
  private readonly active: { readonly path: string; readonly fault: HubFault; left: number }[] = [];

  /** Switches a fault on; the returned function switches it off. */
  add(path: string, fault: HubFault): () => void {
    const entry = { path, fault, left: fault.times ?? Infinity };
    this.active.push(entry);
    return () => {
      entry.left = 0;
    };
  }

  clear(): void {
    this.active.length = 0;
  }

  /** What spoils this response; counts it as spoilt. */
  take(at: 'hub' | 'cdn', path: string, range: { start: number; end: number }): HubFault {
    const matching = this.active.filter(
      (entry) =>
        entry.left > 0 &&
        (entry.fault.at ?? 'cdn') === at &&
        (entry.path === '*' || entry.path === path) &&
        holds(range, entry.fault.onlyHolding ?? entry.fault.flipByteAt),
    );
    for (const entry of matching) entry.left -= 1;
    return Object.assign({}, ...matching.map(({ fault }) => fault)) as HubFault;
  }
}

function holds(range: { start: number; end: number }, offset: number | undefined): boolean {
  return offset === undefined || (offset >= range.start && offset < range.end);
}
