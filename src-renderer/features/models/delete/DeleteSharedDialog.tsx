import { useTranslation } from 'react-i18next';
import type { InstalledModel } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import { sentence } from '../../../i18n/sentence.ts';
import { Button } from '../../../ui/Button.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { useDeed } from '../../../ui/use-deed.ts';
import { storeNames } from '../store-names.ts';

export interface DeleteSharedDialogProps {
  readonly model: InstalledModel;
  /** The runtime's own sentence about who uses the files. */
  readonly why: string;
  readonly onKeep: () => void;
  readonly onDelete: () => Promise<void>;
}

/** Other programs lose the model too: they are named before anything happens. */
export function DeleteSharedDialog({ model, why, onKeep, onDelete }: DeleteSharedDialogProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const deed = useDeed();
  const users = [...new Set([...(model.store ? [model.store] : []), ...model.usedBy])];
  return (
    <Dialog
      title={t('models.deleteTitle', { name: model.name })}
      actions={
        <>
          <Button variant="quiet" data-autofocus onClick={onKeep}>
            {t('models.keep')}
          </Button>
          <Button
            variant="danger"
            busyLabel={deed.isBusy ? t('models.deleting') : undefined}
            onClick={() => void deed.run(onDelete)}
          >
            {t('models.deleteAnyway')}
          </Button>
        </>
      }
      onClose={onKeep}
    >
      <p>{sentence(why)}</p>
      {users.length > 0 && (
        <p>{t('models.deleteLoss', { names: storeNames(users, format.locale) })}</p>
      )}
      {deed.error && (
        <ErrorNote error={deed.error} title={t('models.deleteFailed', { name: model.name })} />
      )}
    </Dialog>
  );
}
