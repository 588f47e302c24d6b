import { useTranslation } from 'react-i18next';
import { useModels } from '../../state/models.ts';
import { SegmentedControl } from '../../ui/SegmentedControl.tsx';
import { Select } from '../../ui/Select.tsx';
import { isMac } from '../../ui/shortcut-keys.ts';
import { SettingRow } from './SettingRow.tsx';
import { SwitchRow } from './SwitchRow.tsx';
import { useSetting } from './use-setting.ts';

const themes = ['system', 'light', 'dark'] as const;

export function GeneralSection() {
  const { t } = useTranslation();
  const theme = useSetting('theme');
  const sendWith = useSetting('sendWith');
  return (
    <>
      <LanguageRow />
      <SettingRow name={t('settings.theme')} effect={t('settings.themeEffect')} error={theme.error}>
        {() => (
          <SegmentedControl
            label={t('settings.theme')}
            value={theme.value ?? 'system'}
            options={themes.map((value) => ({ value, label: t(`settings.themes.${value}`) }))}
            onChange={theme.set}
          />
        )}
      </SettingRow>
      <SettingRow
        name={t('settings.sendWith')}
        effect={t('settings.sendWithEffect')}
        error={sendWith.error}
      >
        {(control) => (
          <Select
            {...control}
            value={sendWith.value ?? 'enter'}
            options={[
              { value: 'enter', label: 'Enter' },
              { value: 'ctrl-enter', label: isMac ? '⌘ Enter' : 'Ctrl Enter' },
            ]}
            onChange={sendWith.set}
          />
        )}
      </SettingRow>
      <DefaultModelRow />
      <SwitchRow
        setting="loadAtStart"
        name={t('settings.loadAtStart')}
        effect={t('settings.loadAtStartEffect')}
      />
    </>
  );
}

function LanguageRow() {
  const { t } = useTranslation();
  const language = useSetting('language');
  return (
    <SettingRow
      name={t('settings.language')}
      effect={t('settings.languageEffect')}
      error={language.error}
    >
      {(control) => (
        <Select
          {...control}
          value={language.value ?? 'system'}
          options={[
            { value: 'system', label: t('settings.likeSystem') },
            { value: 'en', label: 'English' },
            { value: 'zh-CN', label: '简体中文' },
          ]}
          onChange={language.set}
        />
      )}
    </SettingRow>
  );
}

function DefaultModelRow() {
  const { t } = useTranslation();
  const { value, set, error } = useSetting('defaultModel');
  const models = useModels((state) => state.models);
  const usable = (models ?? []).filter(
    (model) => model.problem === undefined && model.capabilities?.chat !== false,
  );
  const options = usable.map((model) => ({ value: model.id, label: model.name }));
  // A model that was removed stays visible as the choice that it still is.
  const isMissing = value !== undefined && !options.some((option) => option.value === value);
  return (
    <SettingRow
      name={t('settings.defaultModel')}
      effect={t('settings.defaultModelEffect')}
      error={error}
    >
      {(control) => (
        <Select
          {...control}
          value={value ?? ''}
          options={isMissing ? [{ value, label: value }, ...options] : options}
          onChange={set}
        />
      )}
    </SettingRow>
  );
}
