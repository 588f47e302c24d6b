import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { noticeState, wantNotices } from '../../../state/desktop-notices.ts';
import { Switch } from '../../../ui/Switch.tsx';
import { SettingRow } from '../SettingRow.tsx';

/** Alerts outside the window, in this browser alone. Absent where there is no such thing. */
export function DesktopNotices() {
  const { t } = useTranslation();
  const [state, setState] = useState(noticeState);
  if (state === 'absent') return null;
  return (
    <SettingRow
      name={t('alerts.settings.desktop')}
      effect={t(
        state === 'denied' ? 'alerts.settings.desktopDenied' : 'alerts.settings.desktopEffect',
      )}
    >
      {(control) => (
        <Switch
          {...control}
          checked={state === 'on'}
          disabled={state === 'denied'}
          onChange={(next) => {
            void wantNotices(next).then(setState);
          }}
        />
      )}
    </SettingRow>
  );
}
