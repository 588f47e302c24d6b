import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api.ts';
import { refreshServer } from '../../state/server.ts';
import { Button } from '../../ui/Button.tsx';
import { CopyButton } from '../../ui/CopyButton.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { FormDialog } from '../../ui/FormDialog.tsx';
import { Field } from '../../ui/Field.tsx';
import { Note } from '../../ui/Note.tsx';
import { TextInput } from '../../ui/TextInput.tsx';
import { useDeed } from '../../ui/use-deed.ts';
import { keyScope, newKeyDraft } from './key-draft.ts';
import { KeyFields } from './KeyFields.tsx';
import styles from './NewKeyDialog.module.css';

export interface NewKeyDialogProps {
  readonly onClose: () => void;
}

/** Asks for a name, then shows the key the only time that it can be seen. */
export function NewKeyDialog({ onClose }: NewKeyDialogProps) {
  const { t } = useTranslation();
  const deed = useDeed();
  const [name, setName] = useState('');
  const [draft, setDraft] = useState(newKeyDraft);
  const [key, setKey] = useState<string>();

  const problem =
    name.trim() === ''
      ? t('server.nameFirst')
      : draft.models?.length === 0
        ? t('server.key.modelsFirst')
        : undefined;

  async function make(): Promise<void> {
    const scope = keyScope(draft, Date.now());
    setKey((await api.server.createKey({ name: name.trim(), ...scope })).key);
    await refreshServer();
  }

  if (key !== undefined)
    return <KeyShownDialog name={name.trim()} apiKey={key} onClose={onClose} />;
  return (
    <FormDialog
      title={t('server.newKey')}
      deed={deed}
      submitLabel={t('server.makeKey')}
      busyLabel={t('server.making')}
      problem={problem}
      onSubmit={() => void deed.run(make)}
      onClose={onClose}
    >
      <KeyName name={name} onChange={setName} />
      <KeyFields draft={draft} onChange={setDraft} />
    </FormDialog>
  );
}

interface KeyNameProps {
  readonly name: string;
  readonly onChange: (name: string) => void;
}

function KeyName({ name, onChange }: KeyNameProps) {
  const { t } = useTranslation();
  return (
    <Field label={t('server.key.name')} hint={t('server.nameHint')}>
      {(control) => (
        <TextInput
          {...control}
          data-autofocus
          maxLength={80}
          autoComplete="off"
          value={name}
          onChange={(event) => {
            onChange(event.target.value);
          }}
        />
      )}
    </Field>
  );
}

interface KeyShownDialogProps {
  readonly name: string;
  readonly apiKey: string;
  readonly onClose: () => void;
}

function KeyShownDialog({ name, apiKey, onClose }: KeyShownDialogProps) {
  const { t } = useTranslation();
  return (
    <Dialog
      title={t('server.keyMade', { name })}
      actions={
        <>
          <Button onClick={onClose}>{t('server.keyKept')}</Button>
          <CopyButton text={apiKey} label={t('server.copyKey')} variant="primary" />
        </>
      }
      onClose={onClose}
    >
      <Note tone="slow" title={t('server.keyOnce')}>
        {t('server.keyOnceHint')}
      </Note>
      <code className={styles['key']}>{apiKey}</code>
    </Dialog>
  );
}
