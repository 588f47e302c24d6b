import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api.ts';
import { refreshServer } from '../../../state/server.ts';
import { Button } from '../../../ui/Button.tsx';
import { CopyButton } from '../../../ui/CopyButton.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';
import { FormDialog } from '../../../ui/FormDialog.tsx';
import { Note } from '../../../ui/Note.tsx';
import { useDeed } from '../../../ui/use-deed.ts';
import { keyProblem, newKey, newKeyDraft } from './key-draft.ts';
import styles from './KeyDialogs.module.css';
import { KeyFields } from './KeyFields.tsx';

export interface NewKeyDialogProps {
  readonly onMade: () => void;
  readonly onClose: () => void;
}

/** Asks what the key may do, then shows it the only time that it can be seen. */
export function NewKeyDialog({ onMade, onClose }: NewKeyDialogProps) {
  const { t } = useTranslation();
  const deed = useDeed();
  const [draft, setDraft] = useState(newKeyDraft);
  const [key, setKey] = useState<string>();
  const problem = keyProblem(draft);

  async function make(): Promise<void> {
    const made = await api.server.createKey(newKey(draft, Date.now()));
    setKey(made.key);
    onMade();
    // The key is made; a list that cannot be read again now follows by itself.
    await refreshServer().catch(() => undefined);
  }

  if (key !== undefined) {
    return <KeyShownDialog name={draft.name.trim()} apiKey={key} onClose={onClose} />;
  }
  return (
    <FormDialog
      title={t('server.newKey')}
      size="medium"
      deed={deed}
      submitLabel={t('server.makeKey')}
      busyLabel={t('server.making')}
      problem={problem && t(`server.key.problem.${problem}`)}
      onSubmit={() => void deed.run(make)}
      onClose={onClose}
    >
      <KeyFields draft={draft} isNew onChange={setDraft} />
    </FormDialog>
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
