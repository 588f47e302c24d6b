import { createHash } from 'node:crypto';
import type { LlamaContextSequence, Token } from 'node-llama-cpp';
import { markChars } from '../../core/fingerprint.ts';
import type { SlotReport } from '../engine.ts';
import type { StepGate } from './step-gate.ts';

/** What a slot needs from the library; a test brings its own. */
export type SlotSequence = Pick<
  LlamaContextSequence,
  'nextTokenIndex' | 'contextTokens' | 'compareContextTokens' | 'clearHistory'
>;

/** One sequence, held by a request or waiting with the state of the last one. */
export interface Slot<S extends SlotSequence = LlamaContextSequence> {
  readonly index: number;
  readonly sequence: S;
}

interface SlotRequest {
  readonly tenant: string;
  readonly marks: readonly string[];
  readonly tokens: readonly Token[];
  /** Where the router believes the beginning to be: decides between slots that save the same. */
  readonly slot?: number | undefined;
  readonly signal: AbortSignal;
}

interface Entry<S extends SlotSequence> extends Slot<S> {
  isBusy: boolean;
  /** Whose tokens the sequence holds; undefined while it is empty. */
  tenant: string | undefined;
  marks: readonly string[];
  /** Tokens of the prompt that the marks cover. */
  markedTokens: number;
  /** Counts up with each release: the smallest was used longest ago. */
  usedAt: number;
  heldDigest: string | undefined;
}

interface Waiter {
  readonly grant: () => void;
}

/**
 * The sequences of a context, kept alive between requests so that the next one finds its prefix read
 * already. A prefix is shared inside one tenant only: a slot that goes to another tenant is wiped
 * first, or the time to the first token would tell what others asked.
 */
export class SlotTable<S extends SlotSequence = LlamaContextSequence> {
  private readonly entries: readonly Entry<S>[];
  private readonly gate: StepGate;
  private readonly waiters: Waiter[] = [];
  /** Waiters that may take a slot but have not run yet: nobody may overtake them. */
  private granted = 0;
  private releases = 0;

  constructor(sequences: readonly S[], gate: StepGate) {
    this.gate = gate;
    this.entries = sequences.map((sequence, index) => ({
      index,
      sequence,
      isBusy: false,
      tenant: undefined,
      marks: [],
      markedTokens: 0,
      usedAt: 0,
      heldDigest: undefined,
    }));
  }

  /** Waits for a free slot, first come first served, and takes the one that saves most reading. */
  async acquire(request: SlotRequest): Promise<Slot<S>> {
    request.signal.throwIfAborted();
    const free = this.entries.filter((entry) => !entry.isBusy).length;
    if (free <= this.granted) {
      await this.turn(request.signal);
      this.granted -= 1;
    }
    const entry = this.best(request);
    entry.isBusy = true;
    try {
      await this.hand(entry, request);
    } catch (error) {
      this.free(entry);
      throw error;
    }
    return entry;
  }

  /** Gives a slot back with what it holds. A broken one is emptied first. */
  async release(slot: Slot<S>, outcome: 'kept' | 'broken'): Promise<void> {
    const entry = this.entries[slot.index];
    if (!entry?.isBusy) return;
    try {
      if (outcome === 'broken') await this.wipe(entry);
      entry.marks = heldMarks(entry);
    } finally {
      entry.heldDigest = undefined;
      this.free(entry);
    }
  }

  report(): SlotReport[] {
    return this.entries.map((entry) => ({
      slot: entry.index,
      isBusy: entry.isBusy,
      ...(entry.tenant !== undefined && { tenant: entry.tenant }),
      heldTokens: entry.sequence.nextTokenIndex,
      marks: entry.marks,
      ...(!entry.isBusy && { heldDigest: digestOf(entry) }),
    }));
  }

  private turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        grant: () => {
          signal.removeEventListener('abort', leave);
          this.granted += 1;
          resolve();
        },
      };
      const leave = (): void => {
        this.waiters.splice(this.waiters.indexOf(waiter), 1);
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', leave, { once: true });
      this.waiters.push(waiter);
    });
  }

  private best(request: SlotRequest): Entry<S> {
    const free = this.entries.filter((entry) => !entry.isBusy);
    const hasEmpty = free.some((entry) => entry.tenant === undefined);
    const ranked = free
      .map((entry) => ({ entry, saved: tokensSaved(entry, request, hasEmpty) }))
      .toSorted(
        (a, b) =>
          b.saved - a.saved ||
          Number(b.entry.index === request.slot) - Number(a.entry.index === request.slot) ||
          Number(a.entry.tenant !== undefined) - Number(b.entry.tenant !== undefined) ||
          a.entry.usedAt - b.entry.usedAt,
      );
    const first = ranked[0];
    if (first === undefined) throw new Error('no free slot in its turn');
    return first.entry;
  }

  private async hand(entry: Entry<S>, request: SlotRequest): Promise<void> {
    if (entry.tenant !== request.tenant) await this.wipe(entry);
    entry.tenant = request.tenant;
    entry.marks = request.marks;
    entry.markedTokens = request.tokens.length;
  }

  private async wipe(entry: Entry<S>): Promise<void> {
    if (entry.sequence.nextTokenIndex > 0) {
      await this.gate.exclusively(() => entry.sequence.clearHistory());
    }
    entry.tenant = undefined;
    entry.marks = [];
  }

  private free(entry: Entry<S>): void {
    this.releases += 1;
    entry.usedAt = this.releases;
    entry.isBusy = false;
    this.waiters.shift()?.grant();
  }
}

/**
 * What taking this slot saves. A few tokens in common, as every chat of a model has, are not worth
 * another conversation's state: a slot counts when the request goes on from most of what it holds, or,
 * with no empty slot left, when it holds most of what the request asks. Tokens of another tenant are
 * never even compared.
 */
function tokensSaved(entry: Entry<SlotSequence>, request: SlotRequest, hasEmpty: boolean): number {
  if (entry.tenant !== request.tenant) return 0;
  const { sequence } = entry;
  const common = sequence.compareContextTokens([...request.tokens]).firstDifferentIndex;
  const goesOn = common * 2 >= sequence.nextTokenIndex;
  const isMostOfIt = !hasEmpty && common * 2 >= request.tokens.length;
  return goesOn || isMostOfIt ? common : 0;
}

/** A request that was stopped while its prompt was read left only the beginning of it. */
function heldMarks({ marks, markedTokens, sequence }: Entry<SlotSequence>): readonly string[] {
  const last = marks.at(-1);
  // The last token of a prompt is evaluated with the answer's first.
  if (last === undefined || sequence.nextTokenIndex >= markedTokens - 1) return marks;
  const heldChars = (markChars(last) * sequence.nextTokenIndex) / markedTokens;
  return marks.filter((mark) => markChars(mark) <= heldChars);
}

function digestOf(entry: Entry<SlotSequence>): string {
  entry.heldDigest ??= digestOfTokens(entry.sequence.contextTokens);
  return entry.heldDigest;
}

/** SHA-256 over token ids as little-endian 32-bit numbers: names an exact token sequence. */
export function digestOfTokens(tokens: readonly number[]): string {
  const bytes = new DataView(new ArrayBuffer(tokens.length * 4));
  tokens.forEach((token, index) => {
    bytes.setUint32(index * 4, token, true);
  });
  return createHash('sha256').update(bytes).digest('hex');
}
