import { useTranslation } from 'react-i18next';
import { api } from '../../../api.ts';
import type { Membership } from '../../../api.ts';
import { usePools } from '../../../state/pools.ts';
import { showMembership } from '../../../state/memberships.ts';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { useDeed } from '../../../ui/use-deed.ts';
import { ShareSwitch } from './ShareSwitch.tsx';

export interface MembershipSharingProps {
  readonly membership: Membership;
}

type Choice = Partial<Pick<Membership, 'isSharing' | 'offersPools'>>;

/** What is offered to this pool: this machine, and the pools held here; when, is decided under *This machine*. */
export function MembershipSharing({ membership }: MembershipSharingProps) {
  const { t } = useTranslation();
  const deed = useDeed();
  const holdsPools = usePools(({ pools }) => (pools?.length ?? 0) > 0);
  function change(choice: Choice): void {
    showMembership({ ...membership, ...choice });
    void deed
      .run(async () => {
        showMembership(await api.memberships.update({ id: membership.id, ...choice }));
      })
      .then((isKept) => {
        if (!isKept) showMembership(membership);
      });
  }
  return (
    <>
      <ShareSwitch
        checked={membership.isSharing}
        onChange={(isSharing) => {
          change({ isSharing });
        }}
      />
      {holdsPools && membership.isSharing && (
        <ShareSwitch
          label={t('join.offerPools')}
          hint={t('join.offerPoolsHint')}
          checked={membership.offersPools}
          onChange={(offersPools) => {
            change({ offersPools });
          }}
        />
      )}
      {deed.error && <ErrorNote error={deed.error} title={t('join.shareFailed')} />}
    </>
  );
}
