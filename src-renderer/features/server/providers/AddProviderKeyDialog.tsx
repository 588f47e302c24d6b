import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api.ts';
import type { Provider } from '../../../api.ts';
import { showProvider } from '../../../state/providers.ts';
import { Field } from '../../../ui/Field.tsx';
import { FormDialog } from '../../../ui/FormDialog.tsx';
import { TextInput } from '../../../ui/TextInput.tsx';
import { useDeed } from '../../../ui/use-deed.ts';

export interface AddProviderKeyDialogProps {
  readonly provider: Provider;
  readonly onClose: () => void;
}

/** One more key, asked in turn with the others. Nobody sees it again. */
export function AddProviderKeyDialog({ provider, onClose }: AddProviderKeyDialogProps) {
  const { t } = useTranslation();
  const deed = useDeed();
  const [key, setKey] = useState('');
  return (
    <FormDialog
      title={t('providers.addKeyTo', { name: provider.name })}
      deed={deed}
      submitLabel={t('providers.addKey')}
      busyLabel={t('providers.add.checking')}
      problem={key.trim() === '' ? t('providers.keyFirst') : undefined}
      onSubmit={() =>
        void deed.run(async () => {
          showProvider(await api.providers.addKey({ id: provider.id, key: key.trim() }));
          onClose();
        })
      }
      onClose={onClose}
    >
      <Field label={t('providers.add.key')} hint={t('providers.add.keyKept')}>
        {(control) => (
          <TextInput
            {...control}
            type="password"
            data-autofocus
            autoComplete="off"
            maxLength={500}
            value={key}
            onChange={(event) => {
              setKey(event.target.value);
            }}
          />
        )}
      </Field>
    </FormDialog>
  );
}
