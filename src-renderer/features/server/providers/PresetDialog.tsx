import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api.ts';
import type { ProviderPreset } from '../../../api.ts';
import { useAnswer } from '../../../state/use-answer.ts';
import { Asking } from '../../../ui/Asking.tsx';
import { Button } from '../../../ui/Button.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';
import { Field } from '../../../ui/Field.tsx';
import { TextInput } from '../../../ui/TextInput.tsx';
import styles from './Providers.module.css';

export interface PresetDialogProps {
  readonly onChoose: (preset: ProviderPreset) => void;
  readonly onClose: () => void;
}

const askPresets = async (signal: AbortSignal) =>
  (await api.providers.presets({}, { signal })).presets;

/** The first step: which company or program. */
export function PresetDialog({ onChoose, onClose }: PresetDialogProps) {
  const { t } = useTranslation();
  const { answer: presets, error, refresh } = useAnswer(askPresets);
  const [search, setSearch] = useState('');
  const wanted = search.trim().toLowerCase();
  const found = (presets ?? []).filter(({ name, id }) =>
    `${name}\n${id}`.toLowerCase().includes(wanted),
  );
  return (
    <Dialog
      title={t('providers.add.title')}
      size="medium"
      actions={
        <Button variant="quiet" onClick={onClose}>
          {t('common.cancel')}
        </Button>
      }
      onClose={onClose}
    >
      <Field label={t('providers.add.find')}>
        {(control) => (
          <TextInput
            {...control}
            type="search"
            data-autofocus
            autoComplete="off"
            value={search}
            onChange={(event) => {
              setSearch(event.target.value);
            }}
            onKeyDown={(event) => {
              const [first] = found;
              if (event.key === 'Enter' && wanted !== '' && first !== undefined) onChoose(first);
            }}
          />
        )}
      </Field>
      <Asking
        isKnown={presets !== undefined}
        error={error}
        failedTitle={t('providers.add.failedPresets')}
        onRetry={refresh}
      >
        <Presets found={found} onChoose={onChoose} />
        {found.length === 0 && <p role="status">{t('providers.add.noMatch')}</p>}
      </Asking>
    </Dialog>
  );
}

interface PresetsProps extends Pick<PresetDialogProps, 'onChoose'> {
  readonly found: readonly ProviderPreset[];
}

function Presets({ found, onChoose }: PresetsProps) {
  const { t } = useTranslation();
  return (
    <ul className={styles['presets']} aria-label={t('providers.add.which')}>
      {found.map((preset) => (
        <li key={preset.id}>
          <button
            type="button"
            className={styles['preset']}
            onClick={() => {
              onChoose(preset);
            }}
          >
            <b>{preset.name}</b>
            <span>{hostOf(preset.baseUrl) ?? t('providers.add.ownAddress')}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

function hostOf(url: string | undefined): string | undefined {
  return url === undefined || !URL.canParse(url) ? undefined : new URL(url).host;
}
