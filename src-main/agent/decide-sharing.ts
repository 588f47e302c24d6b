import type { SharingState } from '../core/node.ts';
import type { RuleName, SharingWish } from './ports.ts';
import type { RuleReading } from './rule-keeper.ts';
import { ownerWords } from './sharing-words.ts';

export interface SharingDecision extends Pick<
  SharingState,
  'phase' | 'reason' | 'cause' | 'until'
> {
  /** Answers move elsewhere and graphics memory is given back now, not when they have ended. */
  readonly frees: boolean;
}

export interface SharingSituation {
  readonly wish: SharingWish;
  readonly wishUntil?: number;
  readonly now: number;
  /** Rules that hold sharing back, the one to tell first. */
  readonly fired: readonly RuleReading[];
  /** Answers for others. */
  readonly running: number;
}

/** Their owner needs the card now. The other rules let running answers end. */
const hardRules: ReadonlySet<RuleName> = new Set<RuleName>([
  'gpuFree',
  'notFullScreen',
  'notWhileRunning',
  'gpuHeadroom',
  'cool',
]);

/** What the owner pressed counts first, then the rules. */
export function decideSharing(situation: SharingSituation): SharingDecision {
  const { wish, wishUntil, now, fired, running } = situation;
  if (wish === 'pause' && (wishUntil === undefined || now < wishUntil)) {
    return {
      ...{ phase: 'paused', reason: ownerWords.pausedIt, cause: 'hand', frees: true },
      ...(wishUntil !== undefined && { until: wishUntil }),
    };
  }
  if (wish === 'finish') {
    return running > 0
      ? { phase: 'finishing', reason: finishing(running), cause: 'hand', frees: false }
      : { phase: 'paused', reason: ownerWords.letItFinish, cause: 'hand', frees: true };
  }
  const hard = fired.find(({ rule }) => hardRules.has(rule));
  const first = hard ?? fired[0];
  if (first === undefined) return { phase: 'sharing', reason: '', frees: false };
  const reason = first.reason ?? '';
  const until = latest(fired);
  const back = { cause: 'rule', ...(until !== undefined && { until }) } as const;
  if (hard !== undefined) return { phase: 'paused', reason, ...back, frees: true };
  return running > 0
    ? { phase: 'finishing', reason: `${finishing(running)}: ${reason}`, ...back, frees: false }
    : { phase: 'paused', reason, ...back, frees: false };
}

function finishing(running: number): string {
  return running === 1 ? 'finishing 1 answer' : `finishing ${String(running)} answers`;
}

/** Known only when every rule that holds sharing back knows its end. */
function latest(fired: readonly RuleReading[]): number | undefined {
  const ends = fired.map(({ untilAt }) => untilAt);
  if (ends.some((end) => end === undefined)) return undefined;
  return Math.max(...ends.map((end) => end ?? 0));
}
