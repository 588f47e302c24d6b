import { useTranslation } from 'react-i18next';
import { api } from '../../../api.ts';
import type { ApiKey } from '../../../api.ts';
import { showToast } from '../../../state/toasts.ts';
import { LossDialog } from '../../../ui/LossDialog.tsx';

export interface RevokeKeyDialogProps {
  readonly apiKey: ApiKey;
  readonly onRevoked: () => void;
  readonly onClose: () => void;
}

/** Revoking cannot be undone, so the loss is named first. */
export function RevokeKeyDialog({ apiKey, onRevoked, onClose }: RevokeKeyDialogProps) {
  const { t } = useTranslation();
  return (
    <LossDialog
      title={t('server.revokeTitle', { name: apiKey.name })}
      keepLabel={t('server.keepKey')}
      deedLabel={t('server.revoke')}
      busyLabel={t('server.revoking')}
      onDeed={async () => {
        await api.server.revokeKey({ id: apiKey.id });
        onRevoked();
        showToast(t('server.revoked', { name: apiKey.name }));
        onClose();
      }}
      onClose={onClose}
    >
      {t('server.revokeLoss', { prefix: apiKey.prefix })}
    </LossDialog>
  );
}
