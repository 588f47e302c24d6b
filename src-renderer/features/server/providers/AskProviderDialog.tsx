import { ChevronLeft } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api.ts';
import type { Provider, ProviderPreset } from '../../../api.ts';
import { showProvider } from '../../../state/providers.ts';
import { Button } from '../../../ui/Button.tsx';
import { Field } from '../../../ui/Field.tsx';
import { FormDialog } from '../../../ui/FormDialog.tsx';
import { TextArea, TextInput } from '../../../ui/TextInput.tsx';
import { useDeed } from '../../../ui/use-deed.ts';
import { ChoiceField } from '../../pool/host/ChoiceField.tsx';
import { accesses, newProvider, providerDraftOf, providerProblem } from './provider-draft.ts';
import type { ProviderDraft } from './provider-draft.ts';
import styles from './Providers.module.css';

export interface AskProviderDialogProps {
  readonly preset: ProviderPreset;
  readonly onAdded: (provider: Provider) => void;
  readonly onBack: () => void;
  readonly onClose: () => void;
}

/** The second step: its key. It is asked for its models before anything is kept. */
export function AskProviderDialog({ preset, onAdded, onBack, onClose }: AskProviderDialogProps) {
  const { t } = useTranslation();
  const deed = useDeed();
  const [draft, setDraft] = useState(() => providerDraftOf(preset));
  const problem = providerProblem(draft, preset);
  return (
    <FormDialog
      title={t('providers.add.named', { name: preset.name })}
      size="medium"
      deed={deed}
      submitLabel={t('providers.add.deed')}
      busyLabel={t('providers.add.checking')}
      problem={problem && t(`providers.add.problem.${problem}`)}
      failedTitle={t('providers.add.failed')}
      before={
        <Button
          variant="quiet"
          size="row"
          icon={ChevronLeft}
          className={styles['back']}
          onClick={onBack}
        >
          {t('providers.add.back')}
        </Button>
      }
      onSubmit={() =>
        void deed.run(async () => {
          const provider = await api.providers.add(newProvider(draft, preset));
          showProvider(provider);
          onAdded(provider);
        })
      }
      onClose={onClose}
    >
      <AskFields preset={preset} draft={draft} onChange={setDraft} />
    </FormDialog>
  );
}

interface AskFieldsProps {
  readonly preset: ProviderPreset;
  readonly draft: ProviderDraft;
  readonly onChange: (draft: ProviderDraft) => void;
}

function AskFields({ preset, draft, onChange }: AskFieldsProps) {
  const { t } = useTranslation();
  return (
    <>
      <Field
        label={t(preset.needsKey ? 'providers.add.keys' : 'providers.add.keysMaybe')}
        hint={
          <>
            {t('providers.add.keysHint')}{' '}
            {preset.keyUrl !== undefined && (
              <a href={preset.keyUrl} target="_blank" rel="noreferrer">
                {t('providers.add.keyUrl', { name: preset.name })}
              </a>
            )}
          </>
        }
      >
        {(control) => (
          <TextArea
            {...control}
            rows={2}
            data-autofocus={preset.baseUrl !== undefined || undefined}
            className={styles['secret']}
            autoComplete="off"
            spellCheck={false}
            value={draft.keys}
            onChange={(event) => {
              onChange({ ...draft, keys: event.target.value });
            }}
          />
        )}
      </Field>
      <Field label={t('providers.add.url')} hint={t('providers.add.urlHint')}>
        {(control) => (
          <TextInput
            {...control}
            data-autofocus={preset.baseUrl === undefined || undefined}
            autoComplete="off"
            spellCheck={false}
            className={styles['mono']}
            value={draft.baseUrl}
            onChange={(event) => {
              onChange({ ...draft, baseUrl: event.target.value });
            }}
          />
        )}
      </Field>
      <NameAndAccess draft={draft} placeholder={preset.name} onChange={onChange} />
    </>
  );
}

export interface NameAndAccessProps<Draft extends Pick<ProviderDraft, 'name' | 'access'>> {
  readonly draft: Draft;
  readonly placeholder: string;
  readonly onChange: (draft: Draft) => void;
}

/** How it is called here, and for whom it exists. */
export function NameAndAccess<Draft extends Pick<ProviderDraft, 'name' | 'access'>>({
  draft,
  placeholder,
  onChange,
}: NameAndAccessProps<Draft>) {
  const { t } = useTranslation();
  return (
    <>
      <Field
        label={t('providers.add.name')}
        hint={t('providers.add.nameHint', { name: draft.name.trim() || placeholder })}
      >
        {(control) => (
          <TextInput
            {...control}
            maxLength={60}
            autoComplete="off"
            placeholder={placeholder}
            value={draft.name}
            onChange={(event) => {
              onChange({ ...draft, name: event.target.value });
            }}
          />
        )}
      </Field>
      <ChoiceField
        label={t('providers.add.access')}
        hint={t('providers.add.accessHint')}
        value={draft.access}
        values={accesses}
        wordOf={(access) => t(`providers.accessChoice.${access}`)}
        onChange={(access) => {
          onChange({ ...draft, access });
        }}
      />
    </>
  );
}
