import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { followContacts, refreshContacts, usePrivacy } from '../../../state/privacy.ts';
import { Button } from '../../../ui/Button.tsx';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { StateBadge } from '../../../ui/StateBadge.tsx';
import { SettingRow } from '../SettingRow.tsx';
import { SwitchRow } from '../SwitchRow.tsx';
import { Contacts } from './Contacts.tsx';
import styles from './Contacts.module.css';

/** The promise that nothing leaves this machine, and the count that proves or disproves it. */
export function PrivacySection() {
  const { t } = useTranslation();
  const { hosts, since, error } = usePrivacy();
  useEffect(followContacts, []);
  return (
    <>
      <SwitchRow
        setting="localOnly"
        name={t('settings.localOnly')}
        effect={t('settings.localOnlyEffect')}
      />
      {error !== undefined && hosts === undefined && (
        <ErrorNote
          error={error}
          actions={<Button onClick={() => void refreshContacts()}>{t('common.tryAgain')}</Button>}
        />
      )}
      {error === undefined && hosts === undefined && (
        <p role="status" className={styles['waiting']}>
          {t('settings.contacts.asking')}
        </p>
      )}
      {hosts !== undefined && since !== undefined && <Contacts hosts={hosts} since={since} />}
      <SettingRow name={t('settings.statistics')} effect={t('settings.statisticsEffect')}>
        {() => <StateBadge tone="rest">{t('settings.statisticsNone')}</StateBadge>}
      </SettingRow>
    </>
  );
}
