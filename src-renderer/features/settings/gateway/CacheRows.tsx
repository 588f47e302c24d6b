import { useTranslation } from 'react-i18next';
import { Switch } from '../../../ui/Switch.tsx';
import { NumberInput } from '../../pool/sharing/NumberInput.tsx';
import { SettingRow } from '../SettingRow.tsx';
import { useSetting } from '../use-setting.ts';

const bytesPerMegabyte = 1_000_000;

/** Answers that are repeated; its limits only while it is on. */
export function CacheRows() {
  const { t } = useTranslation();
  const { value: cache, set, error } = useSetting('answerCache');
  if (cache === undefined) return null;
  return (
    <>
      <SettingRow name={t('settings.cache')} effect={t('settings.cacheEffect')} error={error}>
        {(control) => (
          <Switch
            {...control}
            checked={cache.isOn}
            onChange={(isOn) => {
              set({ ...cache, isOn });
            }}
          />
        )}
      </SettingRow>
      {cache.isOn && (
        <>
          <SettingRow name={t('settings.cacheTtl')} effect={t('settings.cacheTtlEffect')}>
            {(control) => (
              <NumberInput
                {...control}
                label={t('settings.cacheTtl')}
                unit={t('settings.seconds')}
                value={cache.ttlSeconds}
                min={1}
                max={604_800}
                onChange={(ttlSeconds) => {
                  set({ ...cache, ttlSeconds });
                }}
              />
            )}
          </SettingRow>
          <SettingRow name={t('settings.cacheSize')} effect={t('settings.cacheSizeEffect')}>
            {(control) => (
              <NumberInput
                {...control}
                label={t('settings.cacheSize')}
                unit={t('settings.megabytes')}
                value={Math.round(cache.maxBytes / bytesPerMegabyte)}
                min={1}
                max={1000}
                onChange={(megabytes) => {
                  set({ ...cache, maxBytes: megabytes * bytesPerMegabyte });
                }}
              />
            )}
          </SettingRow>
        </>
      )}
    </>
  );
}
