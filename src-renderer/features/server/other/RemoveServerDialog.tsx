import { useTranslation } from 'react-i18next';
import { api } from '../../../api.ts';
import type { AttachedServer } from '../../../api.ts';
import { hideServer } from '../../../state/servers.ts';
import { showToast } from '../../../state/toasts.ts';
import { Button } from '../../../ui/Button.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { useDeed } from '../../../ui/use-deed.ts';

export interface RemoveServerDialogProps {
  readonly server: AttachedServer;
  readonly onClose: () => void;
}

/** Its keys and given names cannot be brought back, so the loss is named first. */
export function RemoveServerDialog({ server, onClose }: RemoveServerDialogProps) {
  const { t } = useTranslation();
  const deed = useDeed();

  async function remove(): Promise<void> {
    await api.servers.remove({ id: server.id });
    hideServer(server.id);
    showToast(t('server.other.removed', { name: server.name }));
    onClose();
  }

  return (
    <Dialog
      title={t('server.other.removeTitle', { name: server.name })}
      actions={
        <>
          <Button variant="quiet" data-autofocus onClick={onClose}>
            {t('server.other.keep')}
          </Button>
          <Button
            variant="danger"
            busyLabel={deed.isBusy ? t('server.other.removing') : undefined}
            onClick={() => void deed.run(remove)}
          >
            {t('server.other.remove')}
          </Button>
        </>
      }
      onClose={onClose}
    >
      <p>{t('server.other.removeLoss', { count: server.models.length })}</p>
      {deed.error && <ErrorNote error={deed.error} />}
    </Dialog>
  );
}
