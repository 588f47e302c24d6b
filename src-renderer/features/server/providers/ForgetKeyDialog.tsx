import { useTranslation } from 'react-i18next';
import { api } from '../../../api.ts';
import type { Provider, ProviderKey } from '../../../api.ts';
import { showProvider } from '../../../state/providers.ts';
import { LossDialog } from '../../../ui/LossDialog.tsx';

export interface ForgetKeyDialogProps {
  readonly provider: Provider;
  readonly providerKey: ProviderKey;
  readonly onClose: () => void;
}

/** A secret that nobody can read here cannot be brought back: it is asked about before it goes. */
export function ForgetKeyDialog({ provider, providerKey, onClose }: ForgetKeyDialogProps) {
  const { t } = useTranslation();
  const { id, name, keys } = provider;
  const { id: keyId, shown } = providerKey;
  return (
    <LossDialog
      title={t('providers.forget.title', { shown })}
      keepLabel={t('providers.forget.keep')}
      deedLabel={t('providers.forget.deed')}
      busyLabel={t('common.removing')}
      onDeed={async () => {
        showProvider(await api.providers.removeKey({ id, keyId }));
        onClose();
      }}
      onClose={onClose}
    >
      {t('providers.forget.loss')} {keys.length === 1 && t('providers.forget.lossLast', { name })}
    </LossDialog>
  );
}
