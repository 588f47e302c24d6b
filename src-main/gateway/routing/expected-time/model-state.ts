import type { ModelRates, SlotContents } from '../../../core/node.ts';
import type { Upstream } from '../../ports.ts';
import type { Running } from './estimate.ts';
import { HeldPrompts } from './held-prompts.ts';
import type { MachineSlots } from './held-prompts.ts';
import { hashText } from './rendezvous.ts';
import { ReturnBook } from './return-book.ts';
import { RunningMean } from './running-mean.ts';

const nothingHeld: readonly SlotContents[] = [];
/** How long a machine's own count of answers may lag behind ours. */
const countLagMs = 3000;

/** What is remembered of one model on one machine. */
export class MachineState {
  readonly idHash: number;
  readonly slots: MachineSlots<Running>;
  /** Of the tokens it should have had, those that it had. */
  readonly reliance = new RunningMean();
  /** By the gateway's own watch, as far as it has one. */
  measured: ModelRates | undefined;
  /** The upstream's epoch when it was last asked about, as far as it had one. */
  epoch: string | undefined;
  private recent = 0;
  private recentAt = Number.NEGATIVE_INFINITY;

  constructor(slots: MachineSlots<Running>, measured: ModelRates | undefined) {
    this.slots = slots;
    this.measured = measured;
    this.idHash = hashText(slots.id);
  }

  /** It began anew: what we believe of its slots is no longer so. */
  isOutdated(epoch: string | undefined): boolean {
    return epoch !== undefined && this.epoch !== undefined && epoch !== this.epoch;
  }

  /** An answer of ours ended; so many were under way with it. */
  ended(answers: number, now: number): void {
    this.recent = this.recentAnswers(now) > answers ? this.recent : answers;
    this.recentAt = now;
  }

  recentAnswers(now: number): number {
    return now - this.recentAt < countLagMs ? this.recent : 0;
  }
}

/** One model on all machines that have it. */
export class ModelState {
  readonly returns = new ReturnBook();
  readonly held = new HeldPrompts<Running>((mark) => this.returns.get(mark));
  private readonly machines = new Map<string, MachineState>();
  private readonly measured: (upstreamId: string) => ModelRates | undefined;

  constructor(measured: (upstreamId: string) => ModelRates | undefined) {
    this.measured = measured;
  }

  /** The machine, informed of its newest report. */
  machine({ epoch, id, offer }: Upstream, now: number): MachineState {
    let state = this.machines.get(id);
    if (state === undefined || state.isOutdated(epoch)) state = this.met(id);
    state.epoch = epoch ?? state.epoch;
    const report = offer?.slotContents ?? nothingHeld;
    if (state.slots.report !== report) this.held.inform(state.slots, report, now);
    return state;
  }

  /** The gateway has measured that machine anew. */
  remeasured(id: string): void {
    const state = this.machines.get(id);
    if (state !== undefined) state.measured = this.measured(id);
  }

  /** A machine of which nothing is known, whatever was known before. */
  private met(id: string): MachineState {
    this.forget(id);
    const state = new MachineState(this.held.machine(id), this.measured(id));
    this.machines.set(id, state);
    return state;
  }

  forget(id: string): void {
    this.held.forget(id);
    this.machines.delete(id);
  }
}
