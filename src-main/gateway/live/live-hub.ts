interface LiveEvent {
  readonly seq: number;
  readonly topic: string;
  readonly data: unknown;
  /** As it travels; written when the first tab takes it, because often nobody has one open. */
  text?: string;
}

/** A tab as the hub sees it: something that takes text and may be slow. */
export interface LiveTab {
  /** Bytes handed over that have not left yet. */
  bufferedBytes(): number;
  /** Sends one message; `onSent` is called when it has left or the tab is gone. */
  send(text: string, onSent: () => void): void;
  /** The tab fell so far behind that it has to come back and resume. */
  cutOff(): void;
}

export interface ResumePoint {
  readonly epoch: string;
  readonly seq: number;
}

/** Tells every open tab what happens, in order, and keeps the newest events for those that return. */
export interface LiveHub {
  /** Names this life of the runtime. */
  readonly epoch: string;
  /** What is published changes no more: it may be written later. */
  readonly publish: (topic: string, data: unknown) => void;
  /** Greets the tab and keeps it up to date until the returned function is called. */
  attach(tab: LiveTab, resume: ResumePoint | undefined): () => void;
  /** Calls back when the first tab arrives and when the last one leaves; returns how to stop that. */
  onWatched(listener: (isWatched: boolean) => void): () => void;
}

interface LiveHubOptions {
  readonly epoch: string;
  /** Events kept for tabs that come back. */
  readonly capacity?: number;
  /** A tab gets nothing more while so many bytes wait in its socket. */
  readonly highWaterBytes?: number;
}

const defaultCapacity = 20_000;
const defaultHighWaterBytes = 1024 * 1024;

/**
 * Tabs own no queue: each has a position in the one ring, so ten tabs cost ten numbers, and a slow
 * tab costs nobody anything. One that falls half a ring behind is cut while it can still resume.
 */
export function createLiveHub(options: LiveHubOptions): LiveHub {
  const { epoch } = options;
  const ring = new EventRing(options.capacity ?? defaultCapacity);
  const highWaterBytes = options.highWaterBytes ?? defaultHighWaterBytes;
  const readers = new Set<RingReader>();
  const watchers = new Set<(isWatched: boolean) => void>();

  function tellWatchers(): void {
    for (const watcher of watchers) watcher(readers.size > 0);
  }

  return {
    epoch,
    publish(topic, data) {
      ring.add(topic, data);
      for (const reader of readers) reader.pump();
    },
    attach(tab, resume) {
      const { newest } = ring;
      const canResume =
        resume?.epoch === epoch && resume.seq <= newest && newest - resume.seq <= ring.capacity;
      const reader: RingReader = new RingReader(ring, tab, {
        seen: canResume ? resume.seq : newest,
        highWaterBytes,
        forget: () => {
          readers.delete(reader);
          if (readers.size === 0) tellWatchers();
        },
      });
      const welcome = { type: 'welcome', epoch, seq: newest, resumed: canResume };
      tab.send(JSON.stringify(welcome), reader.pump);
      if (resume !== undefined && !canResume) {
        tab.send(JSON.stringify({ type: 'reset' }), reader.pump);
      }
      readers.add(reader);
      if (readers.size === 1) tellWatchers();
      reader.pump();
      return reader.close;
    },
    onWatched(listener) {
      watchers.add(listener);
      return () => void watchers.delete(listener);
    },
  };
}

/** The newest events, each serialised at most once for all tabs. */
class EventRing {
  readonly capacity: number;
  /** Sequence number of the newest event; 0 before the first. */
  newest = 0;
  private readonly events: (LiveEvent | undefined)[];

  constructor(capacity: number) {
    this.capacity = capacity;
    this.events = new Array<LiveEvent | undefined>(capacity);
  }

  add(topic: string, data: unknown): void {
    this.newest += 1;
    const seq = this.newest;
    this.events[seq % this.capacity] = { seq, topic, data };
  }

  /** Undefined when it was overwritten or never existed. */
  at(seq: number): LiveEvent | undefined {
    const event = this.events[seq % this.capacity];
    return event?.seq === seq ? event : undefined;
  }
}

function textOf(event: LiveEvent): string {
  const { seq, topic, data } = event;
  event.text ??= JSON.stringify({ type: 'event', seq, topic, data });
  return event.text;
}

interface ReaderOptions {
  readonly seen: number;
  readonly highWaterBytes: number;
  /** Called once, when the reader is done. */
  readonly forget: () => void;
}

/** One tab's position in the ring. */
class RingReader {
  private readonly ring: EventRing;
  private readonly tab: LiveTab;
  private readonly options: ReaderOptions;
  private seen: number;
  private isOpen = true;
  private isPumping = false;
  /** A tab that returns may be a whole ring behind until it has caught up. */
  private isCatchingUp = true;

  constructor(ring: EventRing, tab: LiveTab, options: ReaderOptions) {
    this.ring = ring;
    this.tab = tab;
    this.options = options;
    this.seen = options.seen;
  }

  /** Sends what is new, as far as the tab has room. */
  readonly pump = (): void => {
    if (!this.isOpen || this.isPumping) return;
    const lag = this.ring.newest - this.seen;
    const comfortable = this.ring.capacity / 2;
    if (lag <= comfortable) this.isCatchingUp = false;
    if (lag > (this.isCatchingUp ? this.ring.capacity : comfortable)) {
      this.close();
      this.tab.cutOff();
      return;
    }
    this.isPumping = true;
    while (this.seen < this.ring.newest && this.hasRoom()) {
      const event = this.ring.at(this.seen + 1);
      if (event === undefined) break;
      this.seen = event.seq;
      this.tab.send(textOf(event), this.pump);
    }
    this.isPumping = false;
  };

  readonly close = (): void => {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.options.forget();
  };

  private hasRoom(): boolean {
    return this.tab.bufferedBytes() < this.options.highWaterBytes;
  }
}
