import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Invite } from '../../../api.ts';
import { Button } from '../../../ui/Button.tsx';
import { EmptyState } from '../../../ui/EmptyState.tsx';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import type { HeldPlace } from '../places.ts';
import { InvitesTable } from './InvitesTable.tsx';
import { RevokeInviteDialog } from './RevokeInviteDialog.tsx';
import { useInvites } from './use-invites.ts';

export interface InvitesTabProps {
  readonly place: HeldPlace;
}

/** Every invite of a pool: what it allows, how often it was used, and whether it still works. */
export function InvitesTab({ place }: InvitesTabProps) {
  const { t } = useTranslation();
  const { invites, error, refresh } = useInvites(place.id);
  const [revoking, setRevoking] = useState<Invite>();
  if (invites === undefined) {
    if (error === undefined) return <p role="status">{t('host.invites.asking')}</p>;
    return (
      <ErrorNote
        error={error}
        title={t('host.invites.failed')}
        actions={<Button onClick={refresh}>{t('common.tryAgain')}</Button>}
      />
    );
  }
  if (invites.length === 0) {
    return <EmptyState title={t('host.invites.none')}>{t('host.invites.noneText')}</EmptyState>;
  }
  return (
    <>
      <InvitesTable invites={invites} onRevoke={setRevoking} />
      {revoking !== undefined && (
        <RevokeInviteDialog
          invite={revoking}
          onClose={() => {
            setRevoking(undefined);
          }}
        />
      )}
    </>
  );
}
