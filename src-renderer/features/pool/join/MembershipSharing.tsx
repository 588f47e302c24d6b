import { useTranslation } from 'react-i18next';
import { api } from '../../../api.ts';
import type { Membership } from '../../../api.ts';
import { showMembership } from '../../../state/memberships.ts';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { useDeed } from '../../../ui/use-deed.ts';
import { ShareSwitch } from './ShareSwitch.tsx';

export interface MembershipSharingProps {
  readonly membership: Membership;
}

/** Whether this machine is offered to this pool; when, is decided under *This machine*. */
export function MembershipSharing({ membership }: MembershipSharingProps) {
  const { t } = useTranslation();
  const deed = useDeed();
  function change(isSharing: boolean): void {
    showMembership({ ...membership, isSharing });
    void deed
      .run(async () => {
        showMembership(await api.memberships.update({ id: membership.id, isSharing }));
      })
      .then((isKept) => {
        if (!isKept) showMembership(membership);
      });
  }
  return (
    <>
      <ShareSwitch checked={membership.isSharing} onChange={change} />
      {deed.error && <ErrorNote error={deed.error} title={t('join.shareFailed')} />}
    </>
  );
}
