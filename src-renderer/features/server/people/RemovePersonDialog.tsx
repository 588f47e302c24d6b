import { useTranslation } from 'react-i18next';
import { api } from '../../../api.ts';
import type { Account } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import { showToast } from '../../../state/toasts.ts';
import { LossDialog } from '../../../ui/LossDialog.tsx';
import styles from './People.module.css';

export interface RemovePersonDialogProps {
  readonly person: Account;
  readonly onChanged: () => void;
  readonly onClose: () => void;
}

/** Names what ends with the account, and what stays. */
export function RemovePersonDialog({ person, onChanged, onClose }: RemovePersonDialogProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { name, keys, pools } = person;
  return (
    <LossDialog
      title={t('people.remove.title', { name })}
      keepLabel={t('people.remove.keep')}
      deedLabel={t('people.remove.deed')}
      busyLabel={t('common.removing')}
      onDeed={async () => {
        await api.people.remove({ id: person.id });
        onChanged();
        showToast(t('people.remove.done', { name }));
        onClose();
      }}
      onClose={onClose}
    >
      <p>{t('people.remove.loss', { name })}</p>
      <ul className={styles['losses']}>
        <li>{t('people.remove.sessions')}</li>
        {keys > 0 && <li>{t('people.remove.keys', { count: keys, keys: format.count(keys) })}</li>}
        {pools.length > 0 && (
          <li>{t('people.remove.pools', { names: pools.map((pool) => pool.name).join(', ') })}</li>
        )}
      </ul>
      <p>{t('people.remove.stays')}</p>
    </LossDialog>
  );
}
