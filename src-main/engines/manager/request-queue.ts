import type { Clock } from '../../core/clock.ts';
import { MillpondError } from '../../core/error.ts';
import { estimateWaitMs, pickNext } from './queue-order.ts';
import type { Waiting } from './queue-order.ts';

interface RequestQueueOptions {
  readonly clock: Clock;
  /** Requests that may wait; one more is refused. */
  readonly capacity: number;
  /** Called after every change of `waiting` or `running`. */
  readonly onChange: () => void;
  /**
   * Somebody of this machine waits and no slot is free: ends the youngest visitor's answer, whose
   * turn is then over. Returns false when no visitor is running.
   */
  readonly preempt?: () => boolean;
}

export interface QueueEntry {
  readonly caller: string;
  readonly priority: number;
  /** Epoch milliseconds after which the request is refused with `timeout`. */
  readonly deadlineAt?: number | undefined;
  readonly signal: AbortSignal;
  /** Asks through a pool; false if absent. */
  readonly isVisitor?: boolean | undefined;
}

interface Waiter extends Waiting {
  readonly enter: () => void;
  readonly refuse: (reason: unknown) => void;
}

/** Before anything was served, one answer is taken to need this long. */
const assumedServiceMs = 2000;
/** Weight of the newest answer in the running average. */
const averageWeight = 0.2;
const rememberedCallers = 1000;

/**
 * Who may use a model's slots, and who waits: bounded, fair between callers, with deadlines.
 * Nobody is let in while there are no slots, so the same queue holds requests during a load.
 */
export class RequestQueue {
  private readonly options: RequestQueueOptions;
  private readonly line: Waiter[] = [];
  private readonly lastTurns = new Map<string, number>();
  private slots = 0;
  private turns = 0;
  private runningCount = 0;
  private averageServiceMs = assumedServiceMs;

  constructor(options: RequestQueueOptions) {
    this.options = options;
  }

  get waiting(): number {
    return this.line.length;
  }

  get running(): number {
    return this.runningCount;
  }

  /** Somebody of this machine waits. */
  get hasOwnerWaiting(): boolean {
    return this.line.some(({ isVisitor }) => !isVisitor);
  }

  /** Resolves when it is this request's turn; the returned function must be called when it has ended. */
  async enter(entry: QueueEntry): Promise<() => void> {
    entry.signal.throwIfAborted();
    if (this.line.length >= this.options.capacity) throw this.fullError();
    await this.standInLine(entry);
    const startedAt = this.options.clock.monotonic();
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      this.leave(this.options.clock.monotonic() - startedAt);
    };
  }

  /** Call when who is running changed without its doing. */
  lookAgain(): void {
    this.admit();
  }

  /** How many requests may run at the same time; 0 holds everyone back. */
  setSlots(slots: number): void {
    this.slots = slots;
    this.admit();
  }

  /** Refuses everyone who waits. */
  refuseAll(error: MillpondError): void {
    for (const waiter of this.line.splice(0)) waiter.refuse(error);
    this.options.onChange();
  }

  private standInLine(entry: QueueEntry): Promise<void> {
    const { clock, onChange } = this.options;
    const turn: PromiseWithResolvers<void> = Promise.withResolvers();
    const waiter: Waiter = {
      caller: entry.caller,
      priority: entry.priority,
      since: clock.monotonic(),
      isVisitor: entry.isVisitor ?? false,
      enter: turn.resolve,
      refuse: turn.reject,
    };
    const giveUp = (reason: unknown): void => {
      const place = this.line.indexOf(waiter);
      if (place < 0) return;
      this.line.splice(place, 1);
      waiter.refuse(reason);
      onChange();
    };
    const abort = (): void => {
      giveUp(entry.signal.reason);
    };
    entry.signal.addEventListener('abort', abort, { once: true });
    const cancelDeadline =
      entry.deadlineAt === undefined
        ? undefined
        : clock.after(entry.deadlineAt - clock.now(), () => {
            giveUp(this.deadlineError());
          });
    this.line.push(waiter);
    this.admit();
    return turn.promise.finally(() => {
      entry.signal.removeEventListener('abort', abort);
      cancelDeadline?.();
    });
  }

  private admit(): void {
    const { clock, onChange, preempt } = this.options;
    while (this.runningCount < this.slots) {
      const next = pickNext(this.line, this.lastTurns, clock.monotonic());
      if (next === undefined) break;
      this.line.splice(this.line.indexOf(next), 1);
      this.rememberTurn(next.caller);
      this.runningCount += 1;
      next.enter();
    }
    if (this.slots > 0 && this.hasOwnerWaiting && preempt?.() === true) return; // It admits again.
    onChange();
  }

  private leave(serviceMs: number): void {
    this.runningCount -= 1;
    this.averageServiceMs += averageWeight * (serviceMs - this.averageServiceMs);
    this.admit();
  }

  private rememberTurn(caller: string): void {
    this.turns += 1;
    this.lastTurns.delete(caller);
    this.lastTurns.set(caller, this.turns);
    if (this.lastTurns.size <= rememberedCallers) return;
    const oldest = this.lastTurns.keys().next().value;
    if (oldest !== undefined) this.lastTurns.delete(oldest);
  }

  private fullError(): MillpondError {
    return new MillpondError(
      'overloaded',
      `${String(this.line.length)} requests are already waiting for this model; try again later`,
      { retryAfterMs: this.estimatedWaitMs() },
    );
  }

  private deadlineError(): MillpondError {
    return new MillpondError(
      'timeout',
      'The request was still waiting for its turn when its time was up; try again later',
      { retryAfterMs: this.estimatedWaitMs() },
    );
  }

  private estimatedWaitMs(): number {
    const { slots, averageServiceMs } = this;
    return estimateWaitMs({ waiting: this.line.length, slots, averageServiceMs });
  }
}
