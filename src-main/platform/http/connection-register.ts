import type { Clock } from '../../core/clock.ts';
import { MillpondError } from '../../core/error.ts';
import { isLoopbackHost } from './loopback.ts';

/** Why a connection is opened; the words of *What left this machine*. */
export type ConnectionPurpose =
  | 'hub'
  | 'download'
  | 'attached-server'
  | 'sidecar'
  | 'runtime'
  | 'pool'
  | 'provider'
  | 'telemetry'
  | 'alert'
  | 'picture'
  | 'update';

/** One host that this process has contacted, or wanted to, since it started. */
export interface ContactedHost {
  /** With its port where that is not the usual one. */
  readonly host: string;
  /** This machine itself, as far as every connection so far has shown. */
  readonly isLoopback: boolean;
  readonly purposes: readonly ConnectionPurpose[];
  readonly requests: number;
  /** Bodies sent, in bytes: prompts show here. Headers are not counted. */
  readonly sentBytes: number;
  readonly receivedBytes: number;
  /** Attempts that *Local only* did not let out, and connections that it cut. */
  readonly refused: number;
  /** Epoch milliseconds of the latest request or attempt. */
  readonly lastAt: number;
}

/** A request that was let out; its bytes are added as they pass. */
export interface Contact {
  readonly sent: (bytes: number) => void;
  readonly received: (bytes: number) => void;
}

export interface Destination {
  readonly host: string;
  /** What the policy judges by: every address of it is a loopback one. */
  readonly isLoopback: boolean;
}

/**
 * The one door of outgoing connections: whoever opens one asks here first and reports what passed.
 * *Local only* closes it for everything but this machine.
 */
export interface ConnectionRegister {
  /** Epoch milliseconds since when it counts. */
  readonly since: number;
  readonly isLocalOnly: boolean;
  /** Counts a request before its first byte. Throws `forbidden` with reason `local-only`. */
  admit(destination: Destination, purpose: ConnectionPurpose): Contact;
  /** Counts a request that *Local only* ended after it was admitted, and gives the error to throw. */
  cut(host: string, purpose: ConnectionPurpose): MillpondError;
  /** Where a connection really led, which a name alone does not tell. */
  readonly located: (destination: Destination) => void;
  hosts(): readonly ContactedHost[];
  /** Closing also cuts, before it returns, every connection that leads elsewhere. */
  setLocalOnly(isLocalOnly: boolean): void;
  /**
   * Lets nothing out but what serves this program itself: its sidecars and other runtimes of this data
   * folder. `why` is told to whoever wants out; undefined opens it again.
   */
  readonly seal: (why: string | undefined) => void;
  /** Whoever keeps connections open cuts those that lead elsewhere. Returns how to unsubscribe. */
  onLocalOnly(cut: () => void): () => void;
  /** A host's figures changed; at most once a second for each. Returns how to unsubscribe. */
  on(event: 'changed', listener: (host: ContactedHost) => void): () => void;
}

export function createConnectionRegister(clock: Pick<Clock, 'now' | 'after'>): ConnectionRegister {
  const book = createContactBook(clock);
  const cutters = new Set<() => void>();
  const since = clock.now();
  let isLocalOnly = false;
  let sealedBecause: string | undefined;

  function refuse(host: string, purpose: ConnectionPurpose, sentence: string): MillpondError {
    book.attempt(host, purpose, 'refused');
    return new MillpondError('forbidden', sentence, { reason: 'local-only' });
  }

  return {
    since,
    get isLocalOnly() {
      return isLocalOnly;
    },
    admit({ host, isLoopback }, purpose) {
      if (sealedBecause !== undefined && !ownPurposes.has(purpose)) {
        throw refuse(host, purpose, `${sealedBecause}: ${host} was not contacted`);
      }
      if (isLocalOnly && !isLoopback) {
        const sentence = `Local only is on: ${host} was not contacted; turn it off in Settings to allow this`;
        throw refuse(host, purpose, sentence);
      }
      book.attempt(host, purpose, 'requests');
      return {
        sent: (bytes) => {
          book.change(host, (known) => ({ sentBytes: known.sentBytes + bytes }));
        },
        received: (bytes) => {
          book.change(host, (known) => ({ receivedBytes: known.receivedBytes + bytes }));
        },
      };
    },
    cut: (host, purpose) =>
      refuse(host, purpose, `Local only was turned on: the connection to ${host} was ended`),
    located: ({ host, isLoopback }) => {
      book.change(host, () => ({ isLoopback }));
    },
    hosts: book.hosts,
    setLocalOnly(isOn) {
      isLocalOnly = isOn;
      if (isOn) for (const cut of cutters) cut();
    },
    seal(why) {
      sealedBecause = why;
    },
    onLocalOnly: (cut) => subscribe(cutters, cut),
    on: (_event, listener) => book.onChanged(listener),
  };
}

const ownPurposes: ReadonlySet<ConnectionPurpose> = new Set(['runtime', 'sidecar']);

const announceEveryMs = 1000;

/** The figures of every host, and who is told when they change. */
function createContactBook(clock: Pick<Clock, 'now' | 'after'>) {
  const contacted = new Map<string, ContactedHost>();
  const announcing = new Set<string>();
  const listeners = new Set<(host: ContactedHost) => void>();

  function change(host: string, next: (known: ContactedHost) => Partial<ContactedHost>): void {
    const known = contacted.get(host) ?? unknownHost(host);
    contacted.set(host, { ...known, ...next(known) });
    if (listeners.size > 0) announceSoon(host);
  }

  function announceSoon(host: string): void {
    if (announcing.has(host)) return;
    announcing.add(host);
    clock.after(announceEveryMs, () => {
      announcing.delete(host);
      const known = contacted.get(host);
      if (known !== undefined) for (const listener of listeners) listener(known);
    });
  }

  return {
    change,
    attempt(host: string, purpose: ConnectionPurpose, counted: 'requests' | 'refused'): void {
      change(host, (known) => ({
        purposes: known.purposes.includes(purpose) ? known.purposes : [...known.purposes, purpose],
        [counted]: known[counted] + 1,
        lastAt: clock.now(),
      }));
    },
    hosts: (): readonly ContactedHost[] => [...contacted.values()],
    onChanged: (listener: (host: ContactedHost) => void) => subscribe(listeners, listener),
  };
}

function subscribe<T>(set: Set<T>, member: T): () => void {
  set.add(member);
  return () => void set.delete(member);
}

function unknownHost(host: string): ContactedHost {
  const figures = { requests: 0, sentBytes: 0, receivedBytes: 0, refused: 0, lastAt: 0 };
  return { host, isLoopback: isLoopbackHost(host), purposes: [], ...figures };
}
