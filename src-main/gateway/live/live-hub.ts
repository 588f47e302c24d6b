/** One event as it travels, ready to be written. */
interface LiveEvent {
  readonly seq: number;
  readonly text: string;
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
  publish(topic: string, data: unknown): void;
  /** Greets the tab and keeps it up to date until the returned function is called. */
  attach(tab: LiveTab, resume: ResumePoint | undefined): () => void;
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
  const capacity = options.capacity ?? defaultCapacity;
  const highWaterBytes = options.highWaterBytes ?? defaultHighWaterBytes;
  const ring = new Array<LiveEvent | undefined>(capacity);
  const readers = new Set<Reader>();
  let newest = 0;

  class Reader {
    seen: number;
    private readonly tab: LiveTab;
    private isPumping = false;
    /** A tab that returns may be a whole ring behind until it has caught up. */
    private isCatchingUp = true;

    constructor(tab: LiveTab, seen: number) {
      this.tab = tab;
      this.seen = seen;
    }

    readonly pump = (): void => {
      if (this.isPumping || !readers.has(this)) return;
      const lag = newest - this.seen;
      if (lag <= capacity / 2) this.isCatchingUp = false;
      if (lag > (this.isCatchingUp ? capacity : capacity / 2)) {
        readers.delete(this);
        this.tab.cutOff();
        return;
      }
      this.isPumping = true;
      while (this.seen < newest && this.tab.bufferedBytes() < highWaterBytes) {
        const event = ring[(this.seen + 1) % capacity];
        if (event === undefined) break;
        this.seen = event.seq;
        this.tab.send(event.text, this.pump);
      }
      this.isPumping = false;
    };
  }

  return {
    epoch: options.epoch,
    publish(topic, data) {
      newest += 1;
      ring[newest % capacity] = {
        seq: newest,
        text: JSON.stringify({ type: 'event', seq: newest, topic, data }),
      };
      for (const reader of readers) reader.pump();
    },
    attach(tab, resume) {
      const canResume =
        resume?.epoch === options.epoch && resume.seq <= newest && newest - resume.seq <= capacity;
      const reader = new Reader(tab, canResume ? resume.seq : newest);
      const welcome = { type: 'welcome', epoch: options.epoch, seq: newest, resumed: canResume };
      tab.send(JSON.stringify(welcome), reader.pump);
      if (resume !== undefined && !canResume) {
        tab.send(JSON.stringify({ type: 'reset' }), reader.pump);
      }
      readers.add(reader);
      reader.pump();
      return () => {
        readers.delete(reader);
      };
    },
  };
}
