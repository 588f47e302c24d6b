import { markChars, maxPromptMarks } from '../../../core/fingerprint.ts';
import type { SlotContents } from '../../../core/node.ts';
import type { LeftPrompt } from './return-book.ts';

/** Slots of one model on one machine that are looked at; nobody has more. */
const maxSlots = 64;

/** A request on its way, as far as it fills a slot. */
export interface Occupant {
  readonly marks: readonly string[];
  readonly promptTokens: number;
}

/** A slot of a machine with the prompt that it holds or is being filled with. */
export interface HeldPrompt<O extends Occupant = Occupant> {
  readonly machine: MachineSlots<O>;
  /** Its number on the machine; undefined while only we believe that it exists. */
  readonly slot: number | undefined;
  marks: readonly string[];
  lastMark: string | undefined;
  heldTokens: number;
  /** Monotonic milliseconds when it was last filled: the smallest was used longest ago. */
  usedAt: number;
  occupant: O | undefined;
  /** How its last answer was left, where we saw that. */
  left: LeftPrompt | undefined;
  /** As the machine told, rather than as we expect. */
  isReported: boolean;
  source: SlotContents | undefined;
  /** Of the question asked last: characters of the prompt that it holds. */
  matchedChars: number;
  /** All that it holds is part of the prompt. */
  isWholeMatch: boolean;
  question: number;
}

/** What one machine holds of one model. */
export interface MachineSlots<O extends Occupant = Occupant> {
  readonly id: string;
  readonly held: HeldPrompt<O>[];
  /** The report that `held` was made from: the same one is not read twice. */
  report: readonly SlotContents[] | undefined;
}

/**
 * Which slots hold which beginnings, of one model on all its machines: from mark to slots, kept up to
 * date slot by slot as reports come, so that a question costs what it finds and not what there is.
 */
export class HeldPrompts<O extends Occupant = Occupant> {
  private readonly machines = new Map<string, MachineSlots<O>>();
  private readonly holders = new Map<string, Set<HeldPrompt<O>>>();
  private readonly leftOf: (lastMark: string | undefined) => LeftPrompt | undefined;
  private questions = 0;

  constructor(leftOf: (lastMark: string | undefined) => LeftPrompt | undefined = () => undefined) {
    this.leftOf = leftOf;
  }

  get markCount(): number {
    return this.holders.size;
  }

  get machineCount(): number {
    return this.machines.size;
  }

  machine(id: string): MachineSlots<O> {
    let machine = this.machines.get(id);
    if (machine === undefined) {
      machine = { id, held: [], report: undefined };
      this.machines.set(id, machine);
    }
    return machine;
  }

  /** Reads a machine's newest report. Costs nothing when that is the one read before. */
  inform(machine: MachineSlots<O>, report: readonly SlotContents[], now: number): void {
    if (machine.report === report) return;
    const hadReport = machine.report !== undefined && machine.report.length > 0;
    machine.report = report;
    // A machine that never reports is no machine that holds nothing: there our belief is all there is.
    if (!hadReport && report.length === 0) return;
    this.read(machine, report.slice(0, maxSlots), now);
  }

  /** Leaves in each slot how much of this prompt it holds; others keep the number of an older question. */
  ask(marks: readonly string[]): number {
    this.questions += 1;
    let found = 0;
    for (let index = marks.length - 1; index >= 0; index -= 1) {
      const mark = marks[index];
      const holders = mark === undefined ? undefined : this.holders.get(mark);
      // Whoever holds a longer beginning holds the shorter one too: as many means the same ones.
      if (mark === undefined || holders === undefined || holders.size === found) continue;
      const chars = markChars(mark);
      for (const held of holders) {
        if (held.question === this.questions) continue;
        held.question = this.questions;
        held.matchedChars = chars;
        held.isWholeMatch = held.lastMark === mark;
        found += 1;
      }
    }
    return this.questions;
  }

  /** A prompt on its way into a slot, or into one that we did not know of. */
  occupy(
    machine: MachineSlots<O>,
    place: HeldPrompt<O> | undefined,
    occupant: O,
    now: number,
  ): void {
    const held = place ?? this.add(machine, undefined);
    this.fill(held, occupant.marks, occupant.promptTokens, now);
    held.occupant = occupant;
    held.isReported = false;
  }

  /**
   * The answer is over: the slot keeps these tokens, as far as we believe, until a report says
   * otherwise; none when nobody knows what became of the prompt.
   */
  vacate(machine: MachineSlots<O>, occupant: O, heldTokens: number, now: number): void {
    const held = machine.held.find((each) => each.occupant === occupant);
    if (held === undefined) return;
    held.occupant = undefined;
    this.fill(held, heldTokens > 0 ? occupant.marks : [], heldTokens, now);
    const isToldAlready = machine.report?.some(
      ({ marks }) => marks.length > 0 && marks.at(-1) === occupant.marks.at(-1),
    );
    if (isToldAlready === true && machine.report) this.read(machine, machine.report, now);
    else if (machine.held.length > maxSlots) this.remove(machine, held);
  }

  forget(id: string): void {
    const machine = this.machines.get(id);
    if (machine === undefined) return;
    for (const held of machine.held) this.fill(held, [], 0, 0);
    machine.held.length = 0;
    this.machines.delete(id);
  }

  private read(machine: MachineSlots<O>, report: readonly SlotContents[], now: number): void {
    for (const contents of report) {
      const held =
        machine.held.find(({ slot }) => slot === contents.slot) ?? this.add(machine, contents.slot);
      if (held.source === contents && held.isReported) continue;
      held.source = contents;
      if (held.occupant !== undefined) continue;
      this.fill(held, contents.marks.slice(0, maxPromptMarks), contents.heldTokens, now);
      held.isReported = true;
    }
    this.dropBeliefs(machine, report);
  }

  /** What we only believed in is dropped, unless a prompt is on its way into it. */
  private dropBeliefs(machine: MachineSlots<O>, report: readonly SlotContents[]): void {
    const told = new Set(report.map(({ slot }) => slot));
    for (const held of machine.held.toReversed()) {
      if (held.occupant !== undefined || (held.slot !== undefined && told.has(held.slot))) continue;
      this.remove(machine, held);
    }
  }

  private remove(machine: MachineSlots<O>, held: HeldPrompt<O>): void {
    this.fill(held, [], 0, 0);
    machine.held.splice(machine.held.indexOf(held), 1);
  }

  private add(machine: MachineSlots<O>, slot: number | undefined): HeldPrompt<O> {
    const held: HeldPrompt<O> = {
      ...{
        machine,
        slot,
        marks: [],
        lastMark: undefined,
        heldTokens: 0,
        usedAt: 0,
        occupant: undefined,
        left: undefined,
      },
      ...{ isReported: false, source: undefined },
      ...{ matchedChars: 0, isWholeMatch: false, question: 0 },
    };
    machine.held.push(held);
    return held;
  }

  private fill(held: HeldPrompt<O>, marks: readonly string[], tokens: number, now: number): void {
    for (const mark of held.marks) {
      const holders = this.holders.get(mark);
      holders?.delete(held);
      if (holders?.size === 0) this.holders.delete(mark);
    }
    for (const mark of marks) {
      const holders = this.holders.get(mark);
      if (holders === undefined) this.holders.set(mark, new Set([held]));
      else holders.add(held);
    }
    held.marks = marks;
    held.lastMark = marks.at(-1);
    held.heldTokens = tokens;
    held.left = this.leftOf(held.lastMark);
    held.usedAt = held.left?.at ?? now;
  }
}
