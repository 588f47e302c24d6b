import { useTranslation } from 'react-i18next';
import type { Alert, AlertSettings } from '../../../api.ts';
import { Asking } from '../../../ui/Asking.tsx';
import { Switch } from '../../../ui/Switch.tsx';
import { NumberInput } from '../../pool/sharing/NumberInput.tsx';
import { SettingRow } from '../SettingRow.tsx';
import { DesktopNotices } from './DesktopNotices.tsx';
import { useAlertSettings } from './use-alert-settings.ts';
import type { AlertPatch } from './use-alert-settings.ts';
import { WebhookRow } from './WebhookRow.tsx';
import { WebhookSecretRow } from './WebhookSecretRow.tsx';

const kinds: readonly Alert['kind'][] = [
  ...(['node-offline', 'error-rate', 'budget', 'breaker', 'store'] as const),
];

/** Which alerts are told, from when on, and where besides this window. */
export function AlertsSection() {
  const { t } = useTranslation();
  const { settings, error, refused, refresh, update } = useAlertSettings();
  return (
    <Asking
      isKnown={settings !== undefined}
      error={error ?? refused}
      failedTitle={t('alerts.settings.failed')}
      onRetry={refresh}
    >
      {settings !== undefined && (
        <>
          {kinds.map((kind) => (
            <SettingRow
              key={kind}
              name={t(`alerts.kind.${kind}`)}
              effect={t(`alerts.settings.effect.${kind}`)}
            >
              {(control) => (
                <Switch
                  {...control}
                  checked={settings.kinds.includes(kind)}
                  onChange={(isTold) => {
                    const rest = settings.kinds.filter((other) => other !== kind);
                    void update({ kinds: isTold ? [...rest, kind] : rest });
                  }}
                />
              )}
            </SettingRow>
          ))}
          <Thresholds settings={settings} onChange={(patch) => void update(patch)} />
          <DesktopNotices />
          <WebhookRow key={settings.webhookUrl} settings={settings} onKeep={update} />
          {settings.webhookUrl !== undefined && <WebhookSecretRow />}
        </>
      )}
    </Asking>
  );
}

interface ThresholdsProps {
  readonly settings: AlertSettings;
  readonly onChange: (patch: AlertPatch) => void;
}

function Thresholds({ settings, onChange }: ThresholdsProps) {
  const { t } = useTranslation();
  return (
    <>
      <SettingRow name={t('alerts.settings.offline')} effect={t('alerts.settings.offlineEffect')}>
        {(control) => (
          <NumberInput
            {...control}
            label={t('alerts.settings.offline')}
            unit={t('alerts.settings.seconds')}
            value={settings.offlineAfterSeconds}
            min={10}
            max={86_400}
            onChange={(offlineAfterSeconds) => {
              onChange({ offlineAfterSeconds });
            }}
          />
        )}
      </SettingRow>
      <SettingRow name={t('alerts.settings.share')} effect={t('alerts.settings.shareEffect')}>
        {(control) => (
          <NumberInput
            {...control}
            label={t('alerts.settings.share')}
            unit="%"
            value={Math.round(settings.errorShare * 100)}
            min={1}
            max={100}
            onChange={(percent) => {
              onChange({ errorShare: percent / 100 });
            }}
          />
        )}
      </SettingRow>
    </>
  );
}
