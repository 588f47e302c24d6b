import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../i18n/format.ts';
import { Button } from '../../../ui/Button.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';

export interface CancelDialogProps {
  readonly name: string;
  readonly lostBytes: number;
  readonly onCancel: () => void;
  readonly onClose: () => void;
}

/** Names what would be lost, because it cannot be taken back. */
export function CancelDialog({ name, lostBytes, onCancel, onClose }: CancelDialogProps) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Dialog
      title={t('discover.cancel.title', { name })}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{t('discover.cancel.keep')}</Button>
          <Button
            variant="danger"
            onClick={() => {
              onClose();
              onCancel();
            }}
          >
            {t('discover.cancel.end')}
          </Button>
        </>
      }
    >
      <p>{t('discover.cancel.loss', { size: format.bytes(lostBytes) })}</p>
    </Dialog>
  );
}
