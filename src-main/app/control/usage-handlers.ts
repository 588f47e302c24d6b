import type { ControlHandlers } from '../../contract/control.ts';
import type { Usage } from '../../gateway/usage/usage.ts';

interface UsageHandlersDeps {
  readonly usage: Usage;
  /** Whether a person may see what others used. */
  readonly seesEverybody: (personId: string) => boolean;
}

export function createUsageHandlers({
  usage,
  seesEverybody,
}: UsageHandlersDeps): ControlHandlers['usage'] {
  /** Others' usage does not exist for a member, whatever is asked. */
  const own = (personId: string) => (seesEverybody(personId) ? {} : { personId });
  return {
    report: (question, { personId }) => usage.report({ ...question, ...own(personId) }),
    export: (question, { personId }) => usage.export({ ...question, ...own(personId) }),
  };
}
