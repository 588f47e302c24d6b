import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { sentence } from '../../i18n/sentence.ts';
import { useServer } from '../../state/server.ts';
import { useSettings } from '../../state/settings.ts';
import { Button } from '../../ui/Button.tsx';
import { TextInput } from '../../ui/TextInput.tsx';
import { parsePort } from './port.ts';
import { SettingRow } from './SettingRow.tsx';
import { SwitchRow } from './SwitchRow.tsx';
import { useSetting } from './use-setting.ts';
import styles from './ServerSection.module.css';

export function ServerSection() {
  const { t } = useTranslation();
  return (
    <>
      <PortRow />
      <SwitchRow
        setting="keyless"
        name={t('server.keyless')}
        effect={t('settings.keylessEffect')}
      />
      <OllamaPortRow />
    </>
  );
}

/** What programs that look for Ollama find, and who stands in the way. */
function OllamaPortRow() {
  const { t } = useTranslation();
  const port = useServer(({ server }) => server?.ollamaPort);
  const isWanted = useSettings(({ settings }) => settings?.ollamaPort === true);
  const effect =
    isWanted && port?.phase === 'taken'
      ? `${sentence(port.reason)} ${t('settings.ollamaPortWaits')}`
      : t(
          isWanted && port?.phase === 'open'
            ? 'settings.ollamaPortOpen'
            : 'settings.ollamaPortEffect',
        );
  return <SwitchRow setting="ollamaPort" name={t('settings.ollamaPort')} effect={effect} />;
}

/** A port acts at the next start, so it is typed to the end before anything is sent. */
function PortRow() {
  const { t } = useTranslation();
  const errorId = useId();
  const { value, set, error } = useSetting('port');
  const current = useServer(({ server }) => server?.port);
  const [text, setText] = useState<string>();
  const typed = text ?? String(value ?? '');
  const port = parsePort(typed);
  const isChanged = port !== undefined && port !== value;
  const effect =
    value === undefined || current === undefined || value === current || value === 0
      ? t('settings.portEffect')
      : t('settings.portAtNextStart', { current, next: value });
  return (
    <SettingRow name={t('settings.port')} effect={effect} error={error}>
      {(control) => (
        <form
          className={styles['port']}
          onSubmit={(event) => {
            event.preventDefault();
            if (!isChanged) return;
            set(port);
            setText(undefined);
          }}
        >
          <TextInput
            {...control}
            inputMode="numeric"
            autoComplete="off"
            aria-invalid={port === undefined || undefined}
            aria-errormessage={port === undefined ? errorId : undefined}
            value={typed}
            onChange={(event) => {
              setText(event.target.value);
            }}
          />
          {isChanged && <Button type="submit">{t('settings.usePort', { port })}</Button>}
          {port === undefined && (
            <span id={errorId} role="alert" className={styles['error']}>
              {t('settings.portWrong')}
            </span>
          )}
        </form>
      )}
    </SettingRow>
  );
}
