import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../i18n/format.ts';
import { Select } from '../../../ui/Select.tsx';
import { SettingRow } from '../SettingRow.tsx';
import { useSetting } from '../use-setting.ts';

/** Bytes a second; 0 is no limit. */
const choices = [0, 0.5e6, 1e6, 2e6, 5e6, 10e6, 25e6, 50e6, 100e6];

export function DownloadSpeedRow() {
  const { t } = useTranslation();
  const format = useFormat();
  const { value = 0, set, error } = useSetting('downloadBytesPerSecond');
  const listed = [...new Set([...choices, value])].toSorted((a, b) => a - b);
  return (
    <SettingRow
      name={t('settings.downloadSpeed')}
      effect={t('settings.downloadSpeedEffect')}
      error={error}
    >
      {(control) => (
        <Select
          {...control}
          value={String(value)}
          options={listed.map((speed) => ({
            value: String(speed),
            label:
              speed === 0
                ? t('settings.noLimit')
                : t('settings.perSecond', { size: format.bytes(speed) }),
          }))}
          onChange={(next) => {
            set(Number(next));
          }}
        />
      )}
    </SettingRow>
  );
}
