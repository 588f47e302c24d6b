import type { Sharing, SharingStatus as AgentStatus } from '../../agent/sharing.ts';
import type { ControlHandlers } from '../../contract/control.ts';
import type { SharingStatus } from '../../contract/sharing.ts';
import { sharingChoices } from '../pool/sharing-choices.ts';
import { givenFields } from './given-fields.ts';

export function createSharingHandlers(sharing: Sharing): ControlHandlers['sharing'] {
  const status = (): SharingStatus => viewOfSharing(sharing.status());
  return {
    get: status,
    async wish({ wish, until }) {
      await sharing.wish(wish, until);
      return status();
    },
    async update({ rules, limits }) {
      await sharing.update({
        ...(rules && { rules: givenFields(rules) }),
        ...(limits && { limits: givenFields(limits) }),
      });
      return status();
    },
  };
}

export function viewOfSharing(status: AgentStatus): SharingStatus {
  const { readings, lately, given } = status;
  return {
    ...status,
    ...sharingChoices(status),
    readings: [...readings],
    given: { ...given, days: [...given.days] },
    lately: [...lately],
  };
}
