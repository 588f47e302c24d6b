import { useTranslation } from 'react-i18next';
import { Select } from '../../../ui/Select.tsx';
import { SettingRow } from '../SettingRow.tsx';
import { useSetting } from '../use-setting.ts';
import styles from './HubRows.module.css';

const hours = Array.from({ length: 24 }, (_, hour) => ({
  value: String(hour),
  label: `${String(hour).padStart(2, '0')}:00`,
}));

/** The hours of the day in which downloads run; two equal ones are the whole day. */
export function DownloadHoursRow() {
  const { t } = useTranslation();
  const { value = { from: 0, to: 0 }, set, error } = useSetting('downloadHours');
  const { from, to } = value;
  const isAlways = from === to;
  return (
    <SettingRow
      name={t('settings.downloadHours')}
      effect={t(isAlways ? 'settings.downloadHoursAlways' : 'settings.downloadHoursEffect')}
      error={error}
    >
      {(control) => (
        <span className={styles['hours']}>
          <Select
            {...control}
            aria-label={t('settings.hoursFrom')}
            value={String(from)}
            options={hours}
            onChange={(next) => {
              set({ from: Number(next), to });
            }}
          />
          {t('settings.hoursUntil')}
          <Select
            aria-label={t('settings.hoursTo')}
            aria-describedby={control['aria-describedby']}
            value={String(to)}
            options={hours}
            onChange={(next) => {
              set({ from, to: Number(next) });
            }}
          />
        </span>
      )}
    </SettingRow>
  );
}
