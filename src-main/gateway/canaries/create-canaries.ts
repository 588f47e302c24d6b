import type { Clock } from '../../core/clock.ts';
import { MillpondError } from '../../core/error.ts';
import type { InferenceChunk } from '../../core/inference.ts';
import type { Logger } from '../../platform/logger.ts';
import { type Canary, canaryRequest, makeCanary } from './canary-request.ts';
import { judge, type ReferenceStep, stepsByAgreement, stepsByMargin } from './judge.ts';
import type { CanaryFleet, CanaryTarget } from './ports.ts';
import type { Finding, ProofBook } from './proof-book.ts';
import { References, suspectsAmong } from './references.ts';

interface CanariesDeps {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly fleet: CanaryFleet;
  readonly proofs: ProofBook;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** A machine was caught: said once. */
  readonly onQuarantined: (target: CanaryTarget, reason: string) => void;
}

/** How often it is looked whether a canary is due. */
const lookEveryMs = 5000;
/** Between two canaries of one model on one machine once it is verified: random, this in the mean. */
const meanPauseMs = 30 * 60_000;
const shortestPauseMs = 5 * 60_000;
/** While nothing is decided yet. */
const undecidedPauseMs = 10_000;
/** Tries without a verdict after which it is no longer hurried. */
const hurriedTries = 5;
/** An answer that takes longer says nothing. */
const patienceMs = 60_000;

interface Plan {
  dueAt: number;
  tries: number;
}

/**
 * Sends canaries: one at a time, only to machines that have nothing else to do. The returned function
 * ends that.
 */
export function createCanaries(deps: CanariesDeps): () => void {
  const { clock, proofs } = deps;
  const plans = new Map<string, Plan>();
  const stop = new AbortController();
  let stopTimer: () => void;

  const stopListening = proofs.onChanged((machineId) => {
    for (const [key, plan] of plans) {
      const isForgotten = key.startsWith(`${machineId}\n`) && plan.tries > 0;
      if (isForgotten && !proofs.isKnown(machineId)) plans.delete(key);
    }
  });

  function schedule(): void {
    stopTimer = clock.after(lookEveryMs, () => {
      void look().finally(() => {
        if (!stop.signal.aborted) schedule();
      });
    });
  }

  async function look(): Promise<void> {
    const due = pickDue(deps, plans);
    if (!due) return;
    const plan = plans.get(planKey(due.suspect));
    if (!plan) return;
    plan.tries += 1;
    const finding = await probe(due, deps, stop.signal);
    if (finding) note(due, finding, deps);
    plan.dueAt = clock.now() + pauseAfter(due.suspect, plan, deps);
  }

  schedule();
  return () => {
    stop.abort(new MillpondError('cancelled', 'Millpond is stopping'));
    stopTimer();
    stopListening();
  };
}

interface Due {
  readonly suspect: CanaryTarget;
  readonly references: readonly CanaryTarget[];
}

/** The most overdue one that would be in nobody's way. */
function pickDue(
  { clock, fleet, proofs }: CanariesDeps,
  plans: Map<string, Plan>,
): Due | undefined {
  const now = clock.now();
  const targets = fleet.targets();
  const suspects = suspectsAmong(targets);
  const referencesOf = referencesByDigest(targets, proofs);
  const present = new Set(suspects.map(planKey));
  for (const key of plans.keys()) if (!present.has(key)) plans.delete(key);
  const due: { readonly suspect: CanaryTarget; readonly dueAt: number }[] = [];
  for (const suspect of suspects) {
    const { machineId, isIdle } = suspect;
    const { dueAt } = planOf(plans, suspect, now);
    const isComparable = referencesOf(suspect).exist(suspect);
    proofs.await(machineId, suspect.model.digest ?? '', isComparable);
    if (isComparable && isIdle && dueAt <= now) due.push({ suspect, dueAt });
  }
  for (const { suspect } of due.sort((a, b) => a.dueAt - b.dueAt)) {
    const references = referencesOf(suspect)
      .for(suspect)
      .filter(({ isIdle }) => isIdle);
    if (references.length > 0) return { suspect, references };
  }
  return undefined;
}

function planOf(plans: Map<string, Plan>, suspect: CanaryTarget, now: number): Plan {
  const key = planKey(suspect);
  const plan = plans.get(key) ?? { dueAt: now, tries: 0 };
  plans.set(key, plan);
  return plan;
}

function referencesByDigest(targets: readonly CanaryTarget[], proofs: ProofBook) {
  const holders = Map.groupBy(targets, ({ model }) => model.digest);
  const known = new Map<string | undefined, References>();
  const isVerified = ({ machineId, model: { digest = '' } }: CanaryTarget): boolean =>
    proofs.isVerified(machineId, digest);
  return ({ model: { digest } }: CanaryTarget): References => {
    const references = known.get(digest) ?? new References(holders.get(digest) ?? [], isVerified);
    known.set(digest, references);
    return references;
  };
}

function planKey({ machineId, model }: CanaryTarget): string {
  return `${machineId}\n${model.digest ?? ''}`;
}

/** Undefined: no verdict, because somebody failed or too little of it was clear. */
async function probe(
  { suspect, references }: Due,
  { clock, logger, random }: CanariesDeps,
  signal: AbortSignal,
): Promise<Finding | undefined> {
  const canary = makeCanary(random);
  const patience = new AbortController();
  const stopPatience = clock.after(patienceMs, () => {
    patience.abort(new MillpondError('timeout', 'The canary took too long'));
  });
  const either = AbortSignal.any([signal, patience.signal]);
  try {
    const steps = await referenceSteps(canary, references, either);
    const answer = await ask(canary, suspect, { withLogprobs: false, signal: either });
    return judge(steps, answer);
  } catch (error) {
    logger.debug({ err: error, nodeId: suspect.machineId }, 'a canary came back without a verdict');
    return undefined;
  } finally {
    stopPatience();
  }
}

async function referenceSteps(
  canary: Canary,
  references: readonly CanaryTarget[],
  signal: AbortSignal,
): Promise<readonly ReferenceStep[]> {
  const [first, second = first] = references;
  if (!first || !second) return [];
  const answer = await ask(canary, first, { withLogprobs: true, signal });
  const steps = stepsByMargin(answer);
  if (steps) return steps;
  return stepsByAgreement(answer, await ask(canary, second, { withLogprobs: false, signal }));
}

async function ask(
  canary: Canary,
  target: CanaryTarget,
  { withLogprobs, signal }: { readonly withLogprobs: boolean; readonly signal: AbortSignal },
): Promise<InferenceChunk[]> {
  const request = canaryRequest(canary, target, withLogprobs);
  return Array.fromAsync(target.backend.infer(request, { signal }));
}

function note({ suspect, references }: Due, finding: Finding, deps: CanariesDeps): void {
  const { machineId, machine, model } = suspect;
  const reason = `Its answers differ from those of ${references[0]?.machine ?? 'others'}, which has the same weights by name: ${model.id} there is something else`;
  const isCaught = deps.proofs.note(machineId, model.digest ?? '', finding, reason);
  if (!isCaught) return;
  deps.logger.warn({ nodeId: machineId, machine, model: model.id }, 'a machine lies about a model');
  deps.onQuarantined(suspect, reason);
}

function pauseAfter(
  { machineId, model: { digest = '' } }: CanaryTarget,
  { tries }: Plan,
  { proofs, random }: CanariesDeps,
): number {
  const isUndecided = !proofs.isVerified(machineId, digest) || proofs.isSuspect(machineId, digest);
  if (isUndecided && tries % hurriedTries !== 0) return undecidedPauseMs;
  return shortestPauseMs - Math.log(1 - random()) * (meanPauseMs - shortestPauseMs);
}
