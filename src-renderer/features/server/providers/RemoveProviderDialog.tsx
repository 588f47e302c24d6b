import { useTranslation } from 'react-i18next';
import { api } from '../../../api.ts';
import type { Provider } from '../../../api.ts';
import { hideProvider } from '../../../state/providers.ts';
import { showToast } from '../../../state/toasts.ts';
import { LossDialog } from '../../../ui/LossDialog.tsx';

export interface RemoveProviderDialogProps {
  readonly provider: Provider;
  readonly onClose: () => void;
}

export function RemoveProviderDialog({ provider, onClose }: RemoveProviderDialogProps) {
  const { t } = useTranslation();
  const { id, name, models } = provider;
  const served = models.filter(({ isServed }) => isServed).length;
  return (
    <LossDialog
      title={t('providers.remove.title', { name })}
      keepLabel={t('providers.remove.keep')}
      deedLabel={t('providers.remove.deed')}
      busyLabel={t('common.removing')}
      onDeed={async () => {
        await api.providers.remove({ id });
        hideProvider(id);
        showToast(t('providers.remove.done', { name }));
        onClose();
      }}
      onClose={onClose}
    >
      {t('providers.remove.loss', { count: served })}
    </LossDialog>
  );
}
