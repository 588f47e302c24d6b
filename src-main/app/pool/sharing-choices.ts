import type { SharingLimits, SharingRules } from '../../agent/ports.ts';
import type { SharingStatus } from '../../contract/sharing.ts';

/** The owner's rules and limits as the contract writes them: lists of their own, that may be changed. */
export function sharingChoices({
  rules,
  limits,
}: {
  readonly rules: SharingRules;
  readonly limits: SharingLimits;
}): Pick<SharingStatus, 'rules' | 'limits'> {
  const { notWhileRunning } = rules;
  return {
    rules: {
      ...rules,
      notWhileRunning: { ...notWhileRunning, programs: [...notWhileRunning.programs] },
    },
    limits: {
      ...limits,
      models: limits.models === null ? null : [...limits.models],
      allowedCommands: [...limits.allowedCommands],
    },
  };
}
