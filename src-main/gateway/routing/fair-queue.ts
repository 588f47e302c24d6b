import type { Clock } from '../../core/clock.ts';
import { lineIsFull } from './refusals.ts';

/** Places in line for one model, and for all of them together. */
export const maxWaitingPerLine = 64;
export const maxWaiting = 512;
/** People are told of their place at most so often. */
const newsEveryMs = 1000;
/** Waiters that may be passed over for one that fits elsewhere, each time that something is free. */
const lookAhead = 8;
/** Weight of the newest gap between two places in the average. */
const newestShare = 0.2;

export interface Ticket<Place> {
  /** Requests that wait for the same thing: one model, and one machine where it is pinned. */
  readonly line: string;
  /** Callers share a line evenly, however many requests each of them has in it. */
  readonly caller: string;
  /** Higher ones go first. */
  readonly priority: number;
  /** How many requests of this caller count like one of an ordinary caller; 1 if absent. */
  readonly weight?: number;
  /** Takes a place if there is one for this request. A failure ends the waiting with it. */
  readonly take: () => Place | undefined;
  /** Gives back a place that was taken and that nobody came for. */
  readonly giveBack: (place: Place) => void;
}

export type QueueNews<Place> =
  | { readonly kind: 'placed'; readonly place: Place }
  | { readonly kind: 'waiting'; readonly position: number; readonly etaMs?: number };

/** One request's stand in line. */
export interface Turn<Place> {
  /** Resolves with the place, or when the position has changed, but not more often than each second. */
  news(): Promise<QueueNews<Place>>;
  /** Ends the waiting and gives back a place that was not fetched. Harmless when it is over. */
  leave(): void;
}

/** One bounded, fair line per model. Whoever has waited is served before whoever just came. */
export class FairQueue<Place> {
  private readonly clock: Clock;
  private readonly lines = new Map<string, Line<Place>>();
  private count = 0;
  private isWaking = false;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** Requests in all lines. */
  get size(): number {
    return this.count;
  }

  isEmpty(line: string): boolean {
    return !this.lines.has(line);
  }

  /** Throws `overloaded` when the line is full. Looks for a place at once. */
  join(ticket: Ticket<Place>): Turn<Place> {
    const line = this.lineOf(ticket.line);
    if (line.size >= maxWaitingPerLine || this.count >= maxWaiting) {
      if (line.size === 0) this.lines.delete(ticket.line);
      throw lineIsFull(line.size, line.etaMs(line.size));
    }
    this.count += 1;
    const waiter = line.add(ticket, () => {
      this.left(line);
    });
    line.serve();
    return waiter;
  }

  /** Something may be free now: looked at once everything of this moment has happened. */
  wake(): void {
    if (this.isWaking || this.count === 0) return;
    this.isWaking = true;
    queueMicrotask(() => {
      this.isWaking = false;
      for (const line of [...this.lines.values()]) line.serve();
    });
  }

  private left(line: Line<Place>): void {
    this.count -= 1;
    if (line.size === 0) this.lines.delete(line.name);
    else line.moved();
  }

  private lineOf(name: string): Line<Place> {
    const known = this.lines.get(name);
    if (known !== undefined) return known;
    const line = new Line<Place>(name, this.clock);
    this.lines.set(name, line);
    return line;
  }
}

class Line<Place> {
  readonly name: string;
  readonly clock: Clock;
  /** In order of arrival. */
  private readonly waiters = new Set<Waiter<Place>>();
  /** How far each caller that waits has been served, in requests over weight. */
  private readonly served = new Map<string, number>();
  /** The share of the caller who was served last: newcomers begin there. */
  private level = 0;
  private lastPlacedAt: number | undefined;
  private gapMs: number | undefined;

  constructor(name: string, clock: Clock) {
    this.name = name;
    this.clock = clock;
  }

  get size(): number {
    return this.waiters.size;
  }

  add(ticket: Ticket<Place>, onLeft: () => void): Waiter<Place> {
    // Idle time is no credit: whoever comes back begins where the line is.
    if (!this.hasWaiters(ticket.caller)) {
      const before = this.served.get(ticket.caller) ?? this.level;
      this.served.set(ticket.caller, Math.max(before, this.level));
    }
    const waiter = new Waiter(ticket, this, () => {
      this.remove(waiter);
      onLeft();
    });
    this.waiters.add(waiter);
    return waiter;
  }

  /** Gives out what is free, in order, until nobody of the first few finds a place. */
  serve(): void {
    for (;;) {
      const fitting = this.inOrder()
        .slice(0, lookAhead)
        .find((waiter) => waiter.tryPlace());
      if (fitting === undefined) break;
      if (fitting.isPlaced) this.placed(fitting);
    }
  }

  /** Tells everybody whose position is another one now. */
  moved(): void {
    for (const waiter of this.waiters) waiter.lookAround();
  }

  /** 1 is next; 0 when the waiter is not in the line any more. */
  positionOf(waiter: Waiter<Place>): number {
    return this.inOrder().indexOf(waiter) + 1;
  }

  /** From the pace at which places came lately; undefined before there was one. */
  etaMs(position: number): number | undefined {
    return this.gapMs === undefined ? undefined : Math.round(position * this.gapMs);
  }

  private placed({ ticket }: Waiter<Place>): void {
    const before = this.served.get(ticket.caller) ?? this.level;
    this.level = before;
    this.served.set(ticket.caller, before + 1 / (ticket.weight ?? 1));
    const now = this.clock.monotonic();
    if (this.lastPlacedAt !== undefined) {
      const gap = now - this.lastPlacedAt;
      this.gapMs = this.gapMs === undefined ? gap : this.gapMs + newestShare * (gap - this.gapMs);
    }
    this.lastPlacedAt = now;
  }

  private remove(waiter: Waiter<Place>): void {
    this.waiters.delete(waiter);
    if (this.served.size <= maxWaiting) return;
    for (const [caller, share] of this.served) {
      if (share <= this.level && !this.hasWaiters(caller)) this.served.delete(caller);
    }
  }

  private hasWaiters(caller: string): boolean {
    return this.waiters.values().some((waiter) => waiter.ticket.caller === caller);
  }

  /** By priority, then by how much the caller had already, then by arrival. */
  private inOrder(): Waiter<Place>[] {
    const shares = new Map<string, number>();
    const keyed = [...this.waiters].map((waiter) => {
      const { caller, weight = 1 } = waiter.ticket;
      const share = shares.get(caller) ?? this.served.get(caller) ?? this.level;
      shares.set(caller, share + 1 / weight);
      return { waiter, share };
    });
    return keyed
      .toSorted((a, b) => b.waiter.ticket.priority - a.waiter.ticket.priority || a.share - b.share)
      .map(({ waiter }) => waiter);
  }
}

class Waiter<Place> implements Turn<Place> {
  readonly ticket: Ticket<Place>;
  private readonly line: Line<Place>;
  private readonly onLeft: () => void;
  private result:
    QueueNews<Place> | { readonly kind: 'failed'; readonly reason: unknown } | undefined;
  private isFetched = false;
  private isInLine = true;
  private told: { readonly position: number; readonly at: number } | undefined;
  private settle: (() => void) | undefined;
  private stopTimer: () => void = () => {};

  constructor(ticket: Ticket<Place>, line: Line<Place>, onLeft: () => void) {
    this.ticket = ticket;
    this.line = line;
    this.onLeft = onLeft;
  }

  get isPlaced(): boolean {
    return this.result?.kind === 'placed';
  }

  /** True when the waiter is out of the line: it has a place, or failed. */
  tryPlace(): boolean {
    if (!this.isInLine) return false;
    try {
      const place = this.ticket.take();
      if (place === undefined) return false;
      this.result = { kind: 'placed', place };
    } catch (reason) {
      this.result = { kind: 'failed', reason };
    }
    this.stepOut();
    this.settle?.();
    return true;
  }

  lookAround(): void {
    this.settle?.();
  }

  async news(): Promise<QueueNews<Place>> {
    for (;;) {
      const news = this.current();
      if (news !== undefined) return news;
      await new Promise<void>((resolve) => {
        this.settle = resolve;
        this.tellLater();
      });
      this.settle = undefined;
      this.stopTimer();
    }
  }

  leave(): void {
    this.stopTimer();
    this.settle = undefined;
    if (this.isInLine) this.stepOut();
    if (this.result?.kind === 'placed' && !this.isFetched) {
      this.isFetched = true;
      this.ticket.giveBack(this.result.place);
    }
  }

  private current(): QueueNews<Place> | undefined {
    if (this.result?.kind === 'failed') throw this.result.reason;
    if (this.result !== undefined) {
      this.isFetched = true;
      return this.result;
    }
    const now = this.line.clock.monotonic();
    if (this.told !== undefined && now - this.told.at < newsEveryMs) return undefined;
    const position = this.line.positionOf(this);
    if (position === this.told?.position) return undefined;
    this.told = { position, at: now };
    const etaMs = this.line.etaMs(position);
    return { kind: 'waiting', position, ...(etaMs !== undefined && { etaMs }) };
  }

  /** News that came too early are told when their time has come. */
  private tellLater(): void {
    if (this.told === undefined) return;
    const dueInMs = this.told.at + newsEveryMs - this.line.clock.monotonic();
    if (dueInMs > 0) this.stopTimer = this.line.clock.after(dueInMs, () => this.settle?.());
  }

  private stepOut(): void {
    this.isInLine = false;
    this.onLeft();
  }
}
