import type { ModelRates, SlotContents } from '../../../core/node.ts';
import type { Running } from './estimate.ts';
import { HeldPrompts } from './held-prompts.ts';
import type { MachineSlots } from './held-prompts.ts';
import { hashText } from './rendezvous.ts';
import { ReturnBook } from './return-book.ts';
import { RunningMean } from './running-mean.ts';

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
  private recent = 0;
  private recentAt = Number.NEGATIVE_INFINITY;

  constructor(slots: MachineSlots<Running>, measured: ModelRates | undefined) {
    this.slots = slots;
    this.measured = measured;
    this.idHash = hashText(slots.id);
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
  machine(id: string, report: readonly SlotContents[], now: number): MachineState {
    let state = this.machines.get(id);
    if (state === undefined) {
      state = new MachineState(this.held.machine(id), this.measured(id));
      this.machines.set(id, state);
    }
    if (state.slots.report !== report) this.held.inform(state.slots, report, now);
    return state;
  }

  /** The gateway has measured that machine anew. */
  remeasured(id: string): void {
    const state = this.machines.get(id);
    if (state !== undefined) state.measured = this.measured(id);
  }

  forget(id: string): void {
    this.held.forget(id);
    this.machines.delete(id);
  }
}
