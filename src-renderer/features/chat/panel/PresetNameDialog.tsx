import { useId, useState } from 'react';
import type { SyntheticEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../../ui/Button.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { Field } from '../../../ui/Field.tsx';
import { TextInput } from '../../../ui/TextInput.tsx';

export interface PresetNameDialogProps {
  readonly title: string;
  readonly name: string;
  readonly onClose: () => void;
  readonly onName: (name: string) => Promise<void>;
}

export function PresetNameDialog({ title, name, onClose, onName }: PresetNameDialogProps) {
  const { t } = useTranslation();
  const formId = useId();
  const [text, setText] = useState(name);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(undefined);
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (text.trim() === '' || isBusy) return;
    setBusy(true);
    setError(undefined);
    onName(text.trim()).catch((thrown: unknown) => {
      setBusy(false);
      setError(thrown);
    });
  };
  return (
    <Dialog
      title={title}
      onClose={onClose}
      actions={
        <>
          <Button variant="quiet" onClick={onClose}>
            {t('chat.cancel')}
          </Button>
          <Button
            variant="primary"
            type="submit"
            form={formId}
            disabledReason={text.trim() === '' ? t('chat.preset.needsName') : undefined}
            busyLabel={isBusy ? t('chat.preset.saving') : undefined}
          >
            {t('chat.preset.keepName')}
          </Button>
        </>
      }
    >
      <form id={formId} onSubmit={submit}>
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
        {error !== undefined && <ErrorNote error={error} />}
      </form>
    </Dialog>
  );
}
