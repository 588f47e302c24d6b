import { decodeContention } from './fleet.ts';
import type { NodeSpec } from './fleet.ts';
import type { Job } from './job.ts';
import { commonTokens, tokensOf } from './trace.ts';
import type { Segment } from './trace.ts';

/** While a prompt is read, answers beside it are written at this share of their speed, and it at this. */
const decodeBesidePrefill = 0.5;
const prefillBesideDecode = 0.8;
/** Less than this is nothing: sums of fractions never come out even. */
const almostNothing = 1e-6;

interface SimSlot {
  readonly index: number;
  held: readonly Segment[];
  /** Whose prompt it holds. */
  job: Job | undefined;
  /** When it was last left; the smallest was used longest ago. */
  usedAt: number;
  run: Run | undefined;
}

interface Run {
  readonly job: Job;
  readonly slot: SimSlot;
  readonly startedAt: number;
  readonly cachedTokens: number;
  phase: 'prefill' | 'decode';
  /** Tokens left of the phase. */
  left: number;
  firstTokenAt: number | undefined;
}

/** What a slot holds as the machine tells it. */
export interface HeldPrompt {
  readonly slot: number;
  /** The job whose prompt and answer it holds; undefined for an empty one. */
  readonly job: Job | undefined;
  readonly heldTokens: number;
}

/** What a machine did since it was last asked. */
export type NodeNews =
  | { readonly kind: 'first-token'; readonly job: Job }
  | { readonly kind: 'ended'; readonly job: Job; readonly figures: RunFigures };

export interface RunFigures {
  readonly cachedTokens: number;
  readonly queuedMs: number;
  readonly loadMs: number;
  readonly prefillMs: number;
  readonly decodeMs: number;
}

interface Waiting {
  readonly job: Job;
  readonly slot: number | undefined;
  readonly at: number;
}

/**
 * A machine as a fluid: prompts share the reading speed, answers slow each other down a little. Its
 * slots keep what they held, and a request gets the slot that saves most, as our engine hands them out.
 */
export class SimNode {
  readonly spec: NodeSpec;
  readonly slots: readonly SimSlot[];
  isOnline = true;
  /** When the model is in memory; infinite while nobody has asked for it. */
  loadedAt: number;
  private loadStartedAt = Number.NEGATIVE_INFINITY;
  private readonly line: Waiting[] = [];
  private readonly runs = new Set<Run>();
  private reckonedAt = 0;

  constructor(spec: NodeSpec) {
    this.spec = spec;
    this.loadedAt = spec.isLoaded ? 0 : Number.POSITIVE_INFINITY;
    this.slots = Array.from({ length: spec.slots }, (_, index) => ({
      index,
      ...{ held: [], job: undefined },
      ...{ usedAt: 0, run: undefined },
    }));
  }

  /** The model is in memory. */
  get isLoaded(): boolean {
    return this.reckonedAt >= this.loadedAt || this.runs.size > 0;
  }

  /** Somebody has asked for the model. */
  get isWoken(): boolean {
    return this.loadedAt !== Number.POSITIVE_INFINITY;
  }

  get busy(): number {
    return this.runs.size;
  }

  get waiting(): number {
    return this.line.length;
  }

  /** Takes a request; it starts at once or when a slot is free and the model loaded. */
  take(job: Job, at: number, slot?: number): NodeNews[] {
    const news = this.advance(at);
    if (this.loadedAt === Number.POSITIVE_INFINITY) {
      this.loadStartedAt = at;
      this.loadedAt = at + this.spec.loadMs;
    }
    this.line.push({ job, slot, at });
    this.start(at);
    return news;
  }

  contents(): readonly HeldPrompt[] {
    return this.slots.map(({ index, job, held }) => ({
      ...{ slot: index, job },
      heldTokens: tokensOf(held),
    }));
  }

  /** Share of the model that is in memory at `at`. */
  loadedShare(at: number): number {
    if (at >= this.loadedAt) return 1;
    return Math.max(0, Math.min(1, (at - this.loadStartedAt) / this.spec.loadMs));
  }

  /** When something happens next if nobody interferes; infinite when nothing does. */
  nextAt(): number {
    if (!this.isOnline) return Number.POSITIVE_INFINITY;
    let next = Number.POSITIVE_INFINITY;
    if (this.line.length > 0 && this.runs.size === 0) next = this.loadedAt;
    for (const run of this.runs) {
      next = Math.min(next, this.reckonedAt + Math.max(0, run.left) / this.speedOf(run));
    }
    return Math.max(next, this.reckonedAt);
  }

  /** Lets time pass up to `at`, at most one event further than the last call saw. */
  advance(at: number): NodeNews[] {
    const passed = at - this.reckonedAt;
    const speeds = [...this.runs].map((run) => ({ run, speed: this.speedOf(run) }));
    for (const { run, speed } of speeds) run.left -= passed * speed;
    this.reckonedAt = at;
    const news = [...this.runs].flatMap((run) => this.step(run, at));
    this.start(at);
    return news;
  }

  /** Pulls the plug: everything that was under way and in line here, in order. */
  leave(at: number): Job[] {
    this.advance(at);
    const lost = [...this.runs].map(({ job }) => job).concat(this.line.map(({ job }) => job));
    for (const run of this.runs) run.job.delivered = this.deliveredOf(run);
    this.runs.clear();
    this.line.length = 0;
    for (const slot of this.slots) {
      slot.held = [];
      slot.job = undefined;
      slot.run = undefined;
    }
    this.isOnline = false;
    return lost;
  }

  /** It comes back once its model is loaded, remembering nothing. */
  return(at: number): void {
    this.isOnline = true;
    this.reckonedAt = at;
    this.loadedAt = at;
  }

  private speedOf({ phase }: Run): number {
    const { prefillPerSecond, decodePerSecond } = this.spec;
    let readers = 0;
    for (const run of this.runs) readers += Number(run.phase === 'prefill');
    const writers = this.runs.size - readers;
    if (phase === 'prefill') {
      return (prefillPerSecond / 1000 / readers) * (writers > 0 ? prefillBesideDecode : 1);
    }
    const crowd = 1 + decodeContention * (writers - 1);
    return (decodePerSecond / 1000 / crowd) * (readers > 0 ? decodeBesidePrefill : 1);
  }

  private step(run: Run, at: number): NodeNews[] {
    if (run.left > almostNothing) return [];
    const { job, slot } = run;
    if (run.phase === 'prefill') {
      run.phase = 'decode';
      run.left = job.answer.tokens - job.delivered;
      run.firstTokenAt = at;
      return [{ kind: 'first-token', job }];
    }
    this.runs.delete(run);
    slot.run = undefined;
    slot.usedAt = at;
    slot.held = [...job.prompt, job.answer];
    return [{ kind: 'ended', job, figures: this.figuresOf(run, at) }];
  }

  private figuresOf({ cachedTokens, firstTokenAt = 0, startedAt }: Run, at: number): RunFigures {
    const prefillMs = firstTokenAt - startedAt;
    return { cachedTokens, queuedMs: 0, loadMs: 0, prefillMs, decodeMs: at - firstTokenAt };
  }

  private deliveredOf({ job, left, phase }: Run): number {
    if (phase === 'prefill') return job.delivered;
    return Math.max(job.delivered, Math.floor(job.answer.tokens - left));
  }

  private start(at: number): void {
    while (at >= this.loadedAt && this.runs.size < this.slots.length) {
      const next = this.line.shift();
      if (next === undefined) return;
      this.run(next, at);
    }
  }

  private run({ job, slot: wanted }: Waiting, at: number): void {
    const hinted = wanted === undefined ? undefined : this.slots[wanted];
    const slot = hinted?.run === undefined && hinted !== undefined ? hinted : this.best(job);
    const cachedTokens = Math.min(commonTokens(slot.held, job.prompt), job.promptTokens - 1);
    const left = job.promptTokens + job.delivered - cachedTokens;
    const run: Run = {
      ...{ job, slot, cachedTokens, startedAt: at, left },
      ...{ phase: 'prefill', firstTokenAt: undefined },
    };
    if (job.firstTokenAt === undefined) job.reusedTokens = cachedTokens;
    slot.run = run;
    slot.held = job.prompt;
    slot.job = job;
    this.runs.add(run);
  }

  private best(job: Job): SimSlot {
    const free = this.slots.filter(({ run }) => run === undefined);
    const hasEmpty = free.some(({ held }) => held.length === 0);
    const ranked = free
      .map((slot) => ({ slot, saved: savedTokens(slot, job, hasEmpty) }))
      .toSorted(
        (a, b) =>
          b.saved - a.saved ||
          Math.min(1, a.slot.held.length) - Math.min(1, b.slot.held.length) ||
          a.slot.usedAt - b.slot.usedAt,
      );
    const first = ranked[0];
    if (first === undefined) throw new Error('no free slot in its turn');
    return first.slot;
  }
}

/** A slot counts when the prompt goes on from most of what it holds, as in our engine's slot table. */
function savedTokens({ held }: SimSlot, { prompt, promptTokens }: Job, hasEmpty: boolean): number {
  const common = commonTokens(held, prompt);
  const goesOn = common * 2 >= tokensOf(held);
  const isMostOfIt = !hasEmpty && common * 2 >= promptTokens;
  return goesOn || isMostOfIt ? common : 0;
}
