import { useTranslation } from 'react-i18next';
import { CommandRow } from './CommandRow.tsx';
import { SwitchRow } from './SwitchRow.tsx';

/** Shown only inside the desktop shell, which is what carries these out. */
export function DesktopSection() {
  const { t } = useTranslation();
  return (
    <>
      <SwitchRow
        setting="closeToTray"
        name={t('settings.closeToTray')}
        effect={t('settings.closeToTrayEffect')}
      />
      <SwitchRow
        setting="startAtLogin"
        name={t('settings.startAtLogin')}
        effect={t('settings.startAtLoginEffect')}
      />
      <CommandRow />
    </>
  );
}
