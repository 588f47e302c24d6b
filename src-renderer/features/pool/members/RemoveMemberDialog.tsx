import { useTranslation } from 'react-i18next';
import { api } from '../../../api.ts';
import type { Member } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import { showToast } from '../../../state/toasts.ts';
import { Button } from '../../../ui/Button.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { useDeed } from '../../../ui/use-deed.ts';

export interface RemoveMemberDialogProps {
  readonly poolId: string;
  readonly member: Member;
  readonly onRemoved: () => void;
  readonly onClose: () => void;
}

/** Removing somebody ends everything of theirs here, at once. */
export function RemoveMemberDialog(props: RemoveMemberDialogProps) {
  const { poolId, member, onRemoved, onClose } = props;
  const { t } = useTranslation();
  const format = useFormat();
  const deed = useDeed();
  const { name, devices, personId } = member;

  async function remove(): Promise<void> {
    const isDone = await deed.run(async () => {
      await api.pools.removeMember({ id: poolId, personId });
    });
    if (!isDone) return;
    showToast(t('members.removed', { name }));
    onRemoved();
    onClose();
  }

  return (
    <Dialog
      title={t('members.removeTitle', { name })}
      actions={
        <>
          <Button variant="quiet" data-autofocus onClick={onClose}>
            {t('members.keep', { name })}
          </Button>
          <Button
            variant="danger"
            busyLabel={deed.isBusy ? t('members.removing') : undefined}
            onClick={() => void remove()}
          >
            {t('members.remove')}
          </Button>
        </>
      }
      onClose={onClose}
    >
      <p>
        {t('members.removeLoss', {
          count: devices.length,
          devices: format.count(devices.length),
          name,
        })}
      </p>
      {deed.error && <ErrorNote error={deed.error} />}
    </Dialog>
  );
}
