import { useTranslation } from 'react-i18next';
import { api } from '../../../api.ts';
import type { Pool } from '../../../api.ts';
import { navigate } from '../../../router.ts';
import { refreshPools } from '../../../state/pools.ts';
import { showToast } from '../../../state/toasts.ts';
import { Button } from '../../../ui/Button.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { useDeed } from '../../../ui/use-deed.ts';

export interface EndPoolDialogProps {
  readonly pool: Pool;
  readonly onClose: () => void;
}

/** Ending a pool cannot be undone, so the loss is named first. */
export function EndPoolDialog({ pool, onClose }: EndPoolDialogProps) {
  const { t } = useTranslation();
  const deed = useDeed();
  const { name, members, machines } = pool;

  async function end(): Promise<void> {
    const isDone = await deed.run(async () => {
      await api.pools.remove({ id: pool.id });
      await refreshPools();
    });
    if (!isDone) return;
    showToast(t('host.pool.ended', { name }));
    onClose();
    navigate({ page: 'pool' });
  }

  return (
    <Dialog
      title={t('host.pool.endTitle', { name })}
      actions={
        <>
          <Button variant="quiet" data-autofocus onClick={onClose}>
            {t('host.pool.keep')}
          </Button>
          <Button
            variant="danger"
            busyLabel={deed.isBusy ? t('host.pool.ending') : undefined}
            onClick={() => void end()}
          >
            {t('host.pool.end')}
          </Button>
        </>
      }
      onClose={onClose}
    >
      <p>
        {t('host.pool.endLoss', {
          members: t('host.pool.members', { count: members }),
          machines: t('host.pool.machines', { count: machines }),
        })}
      </p>
      {deed.error && <ErrorNote error={deed.error} />}
    </Dialog>
  );
}
