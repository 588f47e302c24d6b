import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Member } from '../../../api.ts';
import { useMe } from '../../../state/me.ts';
import { Button } from '../../../ui/Button.tsx';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { Link } from '../../../ui/Link.tsx';
import type { HeldPlace } from '../places.ts';
import { MemberModelsDialog } from './MemberModelsDialog.tsx';
import { MembersTable } from './MembersTable.tsx';
import styles from './MembersTab.module.css';
import { RemoveMemberDialog } from './RemoveMemberDialog.tsx';
import { useMembers } from './use-members.ts';

export interface MembersTabProps {
  readonly place: HeldPlace;
}

/** The people of a pool: what they may do, with which machines, and what they gave and took. */
export function MembersTab({ place }: MembersTabProps) {
  const { t } = useTranslation();
  const { members, error, refresh, show } = useMembers(place.id);
  const [choosingFor, setChoosingFor] = useState<Member>();
  const [removing, setRemoving] = useState<Member>();
  const mayManage = useMe(({ me }) => me?.role === 'owner' || me?.role === 'admin');
  if (members === undefined) {
    if (error === undefined) return <p role="status">{t('members.asking')}</p>;
    return (
      <ErrorNote
        error={error}
        title={t('members.failed')}
        actions={<Button onClick={refresh}>{t('common.tryAgain')}</Button>}
      />
    );
  }
  return (
    <div className={styles['tab']}>
      <MembersTable
        {...{ poolId: place.id, members, mayManage }}
        onChanged={show}
        onChooseModels={setChoosingFor}
        onRemove={setRemoving}
      />
      {mayManage && (
        <p className={styles['note']}>
          {t(members.length === 1 ? 'members.alone' : 'members.more')}{' '}
          <Link to={{ page: 'pool', place: place.id, tab: 'invites' }}>
            {t('pool.tab.invites')}
          </Link>
        </p>
      )}
      {choosingFor !== undefined && (
        <MemberModelsDialog
          poolId={place.id}
          member={choosingFor}
          onChanged={show}
          onClose={() => {
            setChoosingFor(undefined);
          }}
        />
      )}
      {removing !== undefined && (
        <RemoveMemberDialog
          poolId={place.id}
          member={removing}
          onRemoved={refresh}
          onClose={() => {
            setRemoving(undefined);
          }}
        />
      )}
    </div>
  );
}
