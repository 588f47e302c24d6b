import { judgeRule, ruleNames } from './sharing-rules.ts';
import type { RuleDetail } from './sharing-rules.ts';
import type { OwnerReadings, RuleName, SharingRules } from './ports.ts';

/** What a rule says after its hysteresis; the shape that the window shows. */
export interface RuleReading extends RuleDetail {
  readonly rule: RuleName;
  /** `unknown`: this system does not tell, so the rule holds nothing back. */
  readonly verdict: 'met' | 'fired' | 'off' | 'unknown';
  readonly problem?: string;
  /** In words, while it holds sharing back. */
  readonly reason?: string;
}

/**
 * How long the cause of a rule must stay away before it lets go. Rules that are not named have their
 * own distance between firing and letting go, or end at a time of the day.
 */
const calmMs: Partial<Record<RuleName, number>> = {
  gpuFree: 120_000,
  notFullScreen: 60_000,
  notWhileRunning: 60_000,
  gpuHeadroom: 60_000,
  mains: 60_000,
};

interface Fired {
  /** The cause was last seen then, in epoch milliseconds. */
  seenAt: number;
  reason: string;
  detail: RuleDetail;
}

/** Remembers which rules have fired: at once, and until their cause has stayed away for a while. */
export class RuleKeeper {
  private readonly fired = new Map<RuleName, Fired>();

  /** All rules as they stand; the first that fired is the one to tell. */
  judge(rules: SharingRules, readings: OwnerReadings, now: number): readonly RuleReading[] {
    return ruleNames.map((rule) => this.judgeOne(rule, rules, readings, now));
  }

  private judgeOne(
    rule: RuleName,
    rules: SharingRules,
    readings: OwnerReadings,
    now: number,
  ): RuleReading {
    const before = this.fired.get(rule);
    const verdict = judgeRule(rule, rules, readings, { now, hasFired: before !== undefined });
    switch (verdict.verdict) {
      case 'off':
        this.fired.delete(rule);
        return { rule, verdict: 'off' };
      case 'fired': {
        const { reason, detail } = verdict;
        this.fired.set(rule, { seenAt: now, reason, detail });
        return { rule, verdict: 'fired', reason, ...detail };
      }
      case 'met':
      case 'unknown': {
        // A source that falls silent lets go as slowly as a cause that went away.
        const untilAt = (before?.seenAt ?? 0) + (calmMs[rule] ?? 0);
        if (before !== undefined && now < untilAt) {
          const { reason, detail } = before;
          return { rule, verdict: 'fired', reason, ...detail, untilAt };
        }
        this.fired.delete(rule);
        return verdict.verdict === 'unknown'
          ? { rule, verdict: 'unknown', problem: verdict.problem }
          : { rule, verdict: 'met', ...verdict.detail };
      }
    }
  }
}
