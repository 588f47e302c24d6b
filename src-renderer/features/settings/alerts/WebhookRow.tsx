import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api.ts';
import type { AlertSettings } from '../../../api.ts';
import { Button } from '../../../ui/Button.tsx';
import { Note } from '../../../ui/Note.tsx';
import { TextInput } from '../../../ui/TextInput.tsx';
import { useDeed } from '../../../ui/use-deed.ts';
import { SettingRow } from '../SettingRow.tsx';
import styles from '../PathForm.module.css';
import type { AlertPatch } from './use-alert-settings.ts';

export interface WebhookRowProps {
  readonly settings: AlertSettings;
  /** Resolves to whether it was kept. */
  readonly onKeep: (patch: AlertPatch) => Promise<boolean>;
}

/** An address of one's own that hears of alerts, and whether it answers. */
export function WebhookRow({ settings, onKeep }: WebhookRowProps) {
  const { t } = useTranslation();
  const deed = useDeed();
  const kept = settings.webhookUrl ?? '';
  const [url, setUrl] = useState(kept);
  const [status, setStatus] = useState<number>();
  const isKept = url.trim() === kept;
  return (
    <>
      <SettingRow
        name={t('alerts.settings.webhook')}
        effect={t('alerts.settings.webhookEffect')}
        error={deed.error}
      >
        {(control) => (
          <form
            className={styles['form']}
            onSubmit={(event) => {
              event.preventDefault();
              if (!isKept) void onKeep({ webhookUrl: url.trim() });
            }}
          >
            <TextInput
              {...control}
              inputMode="url"
              autoComplete="off"
              spellCheck={false}
              placeholder="https://"
              value={url}
              onChange={(event) => {
                setUrl(event.target.value);
              }}
            />
            {!isKept && <Button type="submit">{t('alerts.settings.keep')}</Button>}
            <Button
              variant="quiet"
              busyLabel={deed.isBusy ? t('alerts.settings.testing') : undefined}
              disabledReason={kept === '' || !isKept ? t('alerts.settings.testFirst') : undefined}
              onClick={() =>
                void deed.run(async () => {
                  setStatus((await api.alerts.test({})).status);
                })
              }
            >
              {t('alerts.settings.test')}
            </Button>
          </form>
        )}
      </SettingRow>
      {status !== undefined && (
        <Note
          tone={status < 300 ? 'ok' : 'slow'}
          title={t('alerts.settings.testDone', { status })}
        />
      )}
    </>
  );
}
