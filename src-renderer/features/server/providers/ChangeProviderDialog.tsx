import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api.ts';
import type { Provider } from '../../../api.ts';
import { showProvider } from '../../../state/providers.ts';
import { Field } from '../../../ui/Field.tsx';
import { FormDialog } from '../../../ui/FormDialog.tsx';
import { TextInput } from '../../../ui/TextInput.tsx';
import { useDeed } from '../../../ui/use-deed.ts';
import { NameAndAccess } from './AskProviderDialog.tsx';
import styles from './Providers.module.css';

export interface ChangeProviderDialogProps {
  readonly provider: Provider;
  readonly onClose: () => void;
}

/** Name, address and who may use it. Keys and models are changed where they stand. */
export function ChangeProviderDialog({ provider, onClose }: ChangeProviderDialogProps) {
  const { t } = useTranslation();
  const deed = useDeed();
  const { id, name, baseUrl, access } = provider;
  const [draft, setDraft] = useState({ name, baseUrl, access });
  const isWhole = draft.name.trim() !== '' && draft.baseUrl.trim() !== '';
  return (
    <FormDialog
      title={t('providers.changeTitle', { name })}
      size="medium"
      deed={deed}
      submitLabel={t('common.save')}
      busyLabel={t('common.saving')}
      problem={isWhole ? undefined : t('providers.add.problem.url')}
      onSubmit={() =>
        void deed.run(async () => {
          showProvider(
            await api.providers.update({
              id,
              access: draft.access,
              ...(draft.name.trim() !== name && { name: draft.name.trim() }),
              ...(draft.baseUrl.trim() !== baseUrl && { baseUrl: draft.baseUrl.trim() }),
            }),
          );
          onClose();
        })
      }
      onClose={onClose}
    >
      <NameAndAccess draft={draft} placeholder={name} onChange={setDraft} />
      <Field label={t('providers.add.url')}>
        {(control) => (
          <TextInput
            {...control}
            autoComplete="off"
            spellCheck={false}
            className={styles['mono']}
            value={draft.baseUrl}
            onChange={(event) => {
              setDraft({ ...draft, baseUrl: event.target.value });
            }}
          />
        )}
      </Field>
    </FormDialog>
  );
}
