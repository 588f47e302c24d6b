import type { CanaryTarget } from './ports.ts';

/**
 * Machines that a suspect's weights can be held against, the best first: the owner's own, then trusted
 * ones that are verified, then trusted ones that came into the pool before the suspect. A newcomer never
 * speaks against whoever was there first; a guest speaks against nobody.
 */
export function referencesFor(
  suspect: CanaryTarget,
  targets: readonly CanaryTarget[],
  isVerified: (target: CanaryTarget) => boolean,
): CanaryTarget[] {
  const rank = (target: CanaryTarget): number => {
    if (target.trust === 'own') return 0;
    return isVerified(target) ? 1 : 2;
  };
  return targets
    .filter(
      (target) =>
        target.machineId !== suspect.machineId &&
        target.model.digest === suspect.model.digest &&
        target.trust !== 'guest' &&
        (rank(target) < 2 || suspect.trust === 'guest' || target.machineId < suspect.machineId),
    )
    .sort((a, b) => rank(a) - rank(b) || (a.machineId < b.machineId ? -1 : 1));
}

/** Whose weights are looked at: everybody's but the owner's own, where there is something to compare. */
export function suspectsAmong(targets: readonly CanaryTarget[]): CanaryTarget[] {
  return targets.filter(
    ({ trust, model: { digest, capabilities } }) =>
      trust !== 'own' && digest !== undefined && (capabilities.chat || capabilities.completion),
  );
}
