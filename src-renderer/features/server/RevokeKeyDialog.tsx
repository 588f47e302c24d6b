import { useTranslation } from 'react-i18next';
import { api } from '../../api.ts';
import type { ApiKey } from '../../api.ts';
import { refreshServer } from '../../state/server.ts';
import { showToast } from '../../state/toasts.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { useDeed } from '../../ui/use-deed.ts';

export interface RevokeKeyDialogProps {
  readonly apiKey: ApiKey;
  readonly onClose: () => void;
}

/** Revoking cannot be undone, so the loss is named first. */
export function RevokeKeyDialog({ apiKey, onClose }: RevokeKeyDialogProps) {
  const { t } = useTranslation();
  const deed = useDeed();

  async function revoke(): Promise<void> {
    const isDone = await deed.run(async () => {
      await api.server.revokeKey({ id: apiKey.id });
      await refreshServer();
    });
    if (!isDone) return;
    showToast(t('server.revoked', { name: apiKey.name }));
    onClose();
  }

  return (
    <Dialog
      title={t('server.revokeTitle', { name: apiKey.name })}
      actions={
        <>
          <Button variant="quiet" data-autofocus onClick={onClose}>
            {t('server.keepKey')}
          </Button>
          <Button
            variant="danger"
            busyLabel={deed.isBusy ? t('server.revoking') : undefined}
            onClick={() => void revoke()}
          >
            {t('server.revoke')}
          </Button>
        </>
      }
      onClose={onClose}
    >
      <p>{t('server.revokeLoss', { prefix: apiKey.prefix })}</p>
      {deed.error && <ErrorNote error={deed.error} />}
    </Dialog>
  );
}
