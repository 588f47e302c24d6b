import type { CanaryTarget } from './ports.ts';

/** What the holders of one digest may say against each other. */
export class References {
  private readonly ranked: readonly { readonly target: CanaryTarget; readonly rank: number }[];

  /** `holders`: every machine with the same weights by name. */
  constructor(holders: readonly CanaryTarget[], isVerified: (target: CanaryTarget) => boolean) {
    this.ranked = holders
      .filter(({ trust }) => trust !== 'guest')
      .map((target) => ({ target, rank: rankOf(target, isVerified) }))
      .sort((a, b) => a.rank - b.rank || (a.target.machineId < b.target.machineId ? -1 : 1));
  }

  exist(suspect: CanaryTarget): boolean {
    return this.ranked.some(({ target, rank }) => maySpeak(target, rank, suspect));
  }

  /**
   * The best first: the owner's own, then trusted ones that are verified, then trusted ones that came
   * into the pool before the suspect. A newcomer never speaks against whoever was there first; a guest
   * speaks against nobody.
   */
  for(suspect: CanaryTarget): readonly CanaryTarget[] {
    return this.ranked
      .filter(({ target, rank }) => maySpeak(target, rank, suspect))
      .map(({ target }) => target);
  }
}

const unproven = 2;

function rankOf(target: CanaryTarget, isVerified: (target: CanaryTarget) => boolean): number {
  if (target.trust === 'own') return 0;
  return isVerified(target) ? 1 : unproven;
}

function maySpeak(target: CanaryTarget, rank: number, suspect: CanaryTarget): boolean {
  if (target.machineId === suspect.machineId) return false;
  return rank < unproven || suspect.trust === 'guest' || target.machineId < suspect.machineId;
}

/** Whose weights are looked at: everybody's but the owner's own, where there is something to compare. */
export function suspectsAmong(targets: readonly CanaryTarget[]): CanaryTarget[] {
  return targets.filter(
    ({ trust, model: { digest, capabilities } }) =>
      trust !== 'own' && digest !== undefined && (capabilities.chat || capabilities.completion),
  );
}
