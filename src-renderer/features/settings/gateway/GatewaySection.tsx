import { useTranslation } from 'react-i18next';
import { NumberInput } from '../../pool/sharing/NumberInput.tsx';
import { SettingRow } from '../SettingRow.tsx';
import { useSetting } from '../use-setting.ts';
import { CacheRows } from './CacheRows.tsx';
import { PicturesRow } from './PicturesRow.tsx';
import { TelemetryRow } from './TelemetryRow.tsx';

/** What the gateway keeps of requests, and what it may repeat. */
export function GatewaySection() {
  return (
    <>
      <LogRows />
      <CacheRows />
      <PicturesRow />
      <TelemetryRow />
    </>
  );
}

function LogRows() {
  const { t } = useTranslation();
  const days = useSetting('logKeepDays');
  const size = useSetting('logMaxMegabytes');
  return (
    <>
      <SettingRow
        name={t('settings.logKeep')}
        effect={t('settings.logKeepEffect')}
        error={days.error}
      >
        {(control) => (
          <NumberInput
            {...control}
            label={t('settings.logKeep')}
            unit={t('settings.days')}
            value={days.value ?? 1}
            min={1}
            max={3650}
            onChange={days.set}
          />
        )}
      </SettingRow>
      <SettingRow
        name={t('settings.logSize')}
        effect={t('settings.logSizeEffect')}
        error={size.error}
      >
        {(control) => (
          <NumberInput
            {...control}
            label={t('settings.logSize')}
            unit={t('settings.megabytes')}
            value={size.value ?? 1}
            min={1}
            max={100_000}
            onChange={size.set}
          />
        )}
      </SettingRow>
    </>
  );
}
