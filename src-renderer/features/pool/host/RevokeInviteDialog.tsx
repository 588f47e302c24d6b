import { useTranslation } from 'react-i18next';
import { api } from '../../../api.ts';
import type { Invite } from '../../../api.ts';
import { showToast } from '../../../state/toasts.ts';
import { Button } from '../../../ui/Button.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { useDeed } from '../../../ui/use-deed.ts';
import { announceInvites } from './invite-news.ts';

export interface RevokeInviteDialogProps {
  readonly invite: Invite;
  readonly onClose: () => void;
}

/** Revoking cannot be undone; who has come in already stays. */
export function RevokeInviteDialog({ invite, onClose }: RevokeInviteDialogProps) {
  const { t } = useTranslation();
  const deed = useDeed();
  const { prefix } = invite;

  async function revoke(): Promise<void> {
    const isDone = await deed.run(async () => {
      await api.pools.revokeInvite({ id: invite.id });
    });
    if (!isDone) return;
    announceInvites();
    showToast(t('host.invites.revoked', { prefix }));
    onClose();
  }

  return (
    <Dialog
      title={t('host.invites.revokeTitle', { prefix })}
      actions={
        <>
          <Button variant="quiet" data-autofocus onClick={onClose}>
            {t('host.invites.keep')}
          </Button>
          <Button
            variant="danger"
            busyLabel={deed.isBusy ? t('host.invites.revoking') : undefined}
            onClick={() => void revoke()}
          >
            {t('host.invites.revoke')}
          </Button>
        </>
      }
      onClose={onClose}
    >
      <p>{t('host.invites.revokeLoss')}</p>
      {deed.error && <ErrorNote error={deed.error} />}
    </Dialog>
  );
}
