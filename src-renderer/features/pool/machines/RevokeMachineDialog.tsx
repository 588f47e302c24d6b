import { useTranslation } from 'react-i18next';
import { api } from '../../../api.ts';
import type { PoolMachine } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import { showToast } from '../../../state/toasts.ts';
import { Button } from '../../../ui/Button.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { useDeed } from '../../../ui/use-deed.ts';

export interface RevokeMachineDialogProps {
  readonly machine: PoolMachine;
  readonly onRevoked: () => void;
  readonly onClose: () => void;
}

/** Revoking cannot be undone: the machine needs a new invite. */
export function RevokeMachineDialog({ machine, onRevoked, onClose }: RevokeMachineDialogProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const deed = useDeed();
  const { name, busySlots } = machine;

  async function revoke(): Promise<void> {
    const isDone = await deed.run(async () => {
      await api.pools.revokeMachine({ id: machine.id });
    });
    if (!isDone) return;
    showToast(t('machines.revoked', { name }));
    onClose();
    onRevoked();
  }

  return (
    <Dialog
      title={t('machines.revokeTitle', { name })}
      actions={
        <>
          <Button variant="quiet" data-autofocus onClick={onClose}>
            {t('machines.keep')}
          </Button>
          <Button
            variant="danger"
            busyLabel={deed.isBusy ? t('machines.revoking') : undefined}
            onClick={() => void revoke()}
          >
            {t('machines.revokeDeed')}
          </Button>
        </>
      }
      onClose={onClose}
    >
      <p>
        {t('machines.revokeLoss')}{' '}
        {busySlots > 0 &&
          t('machines.revokeAnswers', { count: busySlots, answers: format.count(busySlots) })}
      </p>
      {deed.error && <ErrorNote error={deed.error} />}
    </Dialog>
  );
}
