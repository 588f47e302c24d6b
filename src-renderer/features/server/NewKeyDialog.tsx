import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api.ts';
import { refreshServer } from '../../state/server.ts';
import { Button } from '../../ui/Button.tsx';
import { CopyButton } from '../../ui/CopyButton.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { Field } from '../../ui/Field.tsx';
import { Note } from '../../ui/Note.tsx';
import { TextInput } from '../../ui/TextInput.tsx';
import { useDeed } from '../../ui/use-deed.ts';
import styles from './NewKeyDialog.module.css';

export interface NewKeyDialogProps {
  readonly onClose: () => void;
}

/** Asks for a name, then shows the key the only time that it can be seen. */
export function NewKeyDialog({ onClose }: NewKeyDialogProps) {
  const { t } = useTranslation();
  const formId = useId();
  const deed = useDeed();
  const [name, setName] = useState('');
  const [key, setKey] = useState<string>();

  async function make(): Promise<void> {
    setKey((await api.server.createKey({ name: name.trim() })).key);
    await refreshServer();
  }

  if (key !== undefined)
    return <KeyShownDialog name={name.trim()} apiKey={key} onClose={onClose} />;
  return (
    <Dialog
      title={t('server.newKey')}
      actions={
        <>
          <Button variant="quiet" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button
            type="submit"
            form={formId}
            variant="primary"
            busyLabel={deed.isBusy ? t('server.making') : undefined}
            disabledReason={name.trim() === '' ? t('server.nameFirst') : undefined}
          >
            {t('server.makeKey')}
          </Button>
        </>
      }
      onClose={onClose}
    >
      <form
        id={formId}
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() !== '' && !deed.isBusy) void deed.run(make);
        }}
      >
        <Field label={t('server.key.name')} hint={t('server.nameHint')}>
          {(control) => (
            <TextInput
              {...control}
              data-autofocus
              maxLength={80}
              autoComplete="off"
              value={name}
              onChange={(event) => {
                setName(event.target.value);
              }}
            />
          )}
        </Field>
      </form>
      {deed.error && <ErrorNote error={deed.error} />}
    </Dialog>
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
