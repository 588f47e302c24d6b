import { useTranslation } from 'react-i18next';
import { api } from '../../../api.ts';
import type { Membership } from '../../../api.ts';
import { navigate } from '../../../router.ts';
import { refreshMemberships } from '../../../state/memberships.ts';
import { showToast } from '../../../state/toasts.ts';
import { Button } from '../../../ui/Button.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { useDeed } from '../../../ui/use-deed.ts';

export interface LeaveDialogProps {
  readonly membership: Membership;
  readonly onClose: () => void;
}

/** Leaving cannot be undone without a new invite, so the loss is named first. */
export function LeaveDialog({ membership, onClose }: LeaveDialogProps) {
  const { t } = useTranslation();
  const deed = useDeed();
  const name = membership.poolName;

  async function leave(): Promise<void> {
    const isGone = await deed.run(async () => {
      await api.memberships.leave({ id: membership.id });
      await refreshMemberships();
    });
    if (!isGone) return;
    showToast(t('join.leave.done', { name }));
    onClose();
    navigate({ page: 'pool' });
  }

  return (
    <Dialog
      title={t('join.leave.title', { name })}
      actions={
        <>
          <Button variant="quiet" data-autofocus onClick={onClose}>
            {t('join.leave.stay')}
          </Button>
          <Button
            variant="danger"
            busyLabel={deed.isBusy ? t('join.leave.leaving') : undefined}
            onClick={() => void leave()}
          >
            {t('join.leave.deed')}
          </Button>
        </>
      }
      onClose={onClose}
    >
      <p>{t('join.leave.loss', { name })}</p>
      {deed.error && <ErrorNote error={deed.error} />}
    </Dialog>
  );
}
