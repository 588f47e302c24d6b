import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMachine } from '../../../state/machine.ts';
import { updateSettings, useSettings } from '../../../state/settings.ts';
import { Button } from '../../../ui/Button.tsx';
import { useDeed } from '../../../ui/use-deed.ts';
import { PathForm } from '../PathForm.tsx';
import { SettingRow } from '../SettingRow.tsx';
import styles from './HubRows.module.css';

/** Where downloads go: our own models folder, or another disk. */
export function DownloadFolderRow() {
  const { t } = useTranslation();
  const deed = useDeed();
  const own = useMachine(({ system }) => system?.modelsFolder);
  const chosen = useSettings(({ settings }) => settings?.downloadFolder) ?? '';
  const [typed, setTyped] = useState('');

  async function keep(downloadFolder: string): Promise<void> {
    if (await deed.run(() => updateSettings({ downloadFolder }))) setTyped('');
  }

  return (
    <SettingRow
      name={t('settings.downloadFolder')}
      effect={
        <>
          {t('settings.downloadFolderEffect')}{' '}
          <code className={styles['path']}>{chosen === '' ? own : chosen}</code>
        </>
      }
      error={deed.error}
    >
      {(control) => (
        <PathForm
          {...control}
          label={t('settings.otherFolder')}
          button={t('settings.use')}
          value={typed}
          isBusy={deed.isBusy}
          onChange={setTyped}
          onSubmit={(path) => void keep(path)}
        >
          {chosen !== '' && (
            <Button onClick={() => void keep('')}>{t('settings.useOwnFolder')}</Button>
          )}
        </PathForm>
      )}
    </SettingRow>
  );
}
