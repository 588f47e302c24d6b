import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Field } from '../../../ui/Field.tsx';
import { FormDialog } from '../../../ui/FormDialog.tsx';
import { TextInput } from '../../../ui/TextInput.tsx';
import { useDeed } from '../../../ui/use-deed.ts';

export interface PresetNameDialogProps {
  readonly title: string;
  readonly name: string;
  readonly onClose: () => void;
  readonly onName: (name: string) => Promise<void>;
}

export function PresetNameDialog({ title, name, onClose, onName }: PresetNameDialogProps) {
  const { t } = useTranslation();
  const deed = useDeed();
  const [text, setText] = useState(name);
  return (
    <FormDialog
      title={title}
      deed={deed}
      submitLabel={t('chat.preset.keepName')}
      busyLabel={t('chat.preset.saving')}
      problem={text.trim() === '' ? t('chat.preset.needsName') : undefined}
      onSubmit={() => void deed.run(() => onName(text.trim()))}
      onClose={onClose}
    >
      <Field label={t('chat.preset.name')} hint={t('chat.preset.nameHint')}>
        {(control) => (
          <TextInput
            {...control}
            data-autofocus
            maxLength={80}
            value={text}
            onChange={(event) => {
              setText(event.target.value);
            }}
          />
        )}
      </Field>
    </FormDialog>
  );
}
