import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api.ts';
import type { WebhookSecretView } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import { Button } from '../../../ui/Button.tsx';
import { CopyButton } from '../../../ui/CopyButton.tsx';
import { Note } from '../../../ui/Note.tsx';
import { TextInput } from '../../../ui/TextInput.tsx';
import { useDeed } from '../../../ui/use-deed.ts';
import { useNow } from '../../../ui/use-now.ts';
import { SettingRow } from '../SettingRow.tsx';
import styles from '../PathForm.module.css';

/** What alerts are signed with: shown when somebody asks for it, and exchanged without a gap. */
export function WebhookSecretRow() {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(60_000);
  const deed = useDeed();
  const [shown, setShown] = useState<WebhookSecretView>();
  const ask = (asked: () => Promise<WebhookSecretView>) =>
    void deed.run(async () => {
      setShown(await asked());
    });
  return (
    <>
      <SettingRow
        name={t('alerts.settings.secret')}
        effect={t('alerts.settings.secretEffect')}
        error={deed.error}
        failedTitle={t('alerts.settings.secretFailed')}
      >
        {(control) => (
          <div className={styles['form']}>
            {shown === undefined ? (
              <Button
                {...control}
                aria-label={t('alerts.settings.secretShow')}
                busyLabel={deed.isBusy ? t('alerts.settings.secretAsking') : undefined}
                onClick={() => {
                  ask(() => api.alerts.secret({}));
                }}
              >
                {t('alerts.settings.secretShow')}
              </Button>
            ) : (
              <>
                <TextInput {...control} readOnly spellCheck={false} value={shown.secret} />
                <CopyButton text={shown.secret} label={t('alerts.settings.secretCopy')} />
              </>
            )}
            <Button
              variant="quiet"
              busyLabel={
                deed.isBusy && shown !== undefined ? t('alerts.settings.secretMaking') : undefined
              }
              onClick={() => {
                ask(() => api.alerts.newSecret({}));
              }}
            >
              {t('alerts.settings.secretNew')}
            </Button>
          </div>
        )}
      </SettingRow>
      {shown?.formerUntil !== undefined && (
        <Note
          tone="slow"
          title={t('alerts.settings.secretFormer', { time: format.until(shown.formerUntil, now) })}
        />
      )}
    </>
  );
}
