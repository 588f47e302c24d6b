import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../../ui/Button.tsx';
import { PathForm } from '../PathForm.tsx';
import { SettingRow } from '../SettingRow.tsx';
import { useSetting } from '../use-setting.ts';

/** Where spans of requests go; nowhere unless somebody types an address. */
export function TelemetryRow() {
  const { t } = useTranslation();
  const { value = '', set, error } = useSetting('telemetryEndpoint');
  const [typed, setTyped] = useState<string>();
  return (
    <SettingRow name={t('settings.telemetry')} effect={t('settings.telemetryEffect')} error={error}>
      {(control) => (
        <PathForm
          {...control}
          type="url"
          label="http://127.0.0.1:4318"
          button={t('common.save')}
          value={typed ?? value}
          isBusy={false}
          onChange={setTyped}
          onSubmit={(next) => {
            set(next);
            setTyped(undefined);
          }}
        >
          {value !== '' && (
            <Button
              variant="quiet"
              onClick={() => {
                set('');
                setTyped(undefined);
              }}
            >
              {t('settings.telemetryStop')}
            </Button>
          )}
        </PathForm>
      )}
    </SettingRow>
  );
}
