import { useTranslation } from 'react-i18next';
import { Switch } from '../../../ui/Switch.tsx';
import { SettingRow } from '../SettingRow.tsx';
import { useSetting } from '../use-setting.ts';

/** Whether this machine fetches what callers name by address. */
export function PicturesRow() {
  const { t } = useTranslation();
  const { value = false, set, error } = useSetting('fetchPictures');
  return (
    <SettingRow
      name={t('settings.fetchPictures')}
      effect={t('settings.fetchPicturesEffect')}
      error={error}
    >
      {(control) => <Switch {...control} checked={value} onChange={set} />}
    </SettingRow>
  );
}
