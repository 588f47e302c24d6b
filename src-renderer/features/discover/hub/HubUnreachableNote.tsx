import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { sentence } from '../../../i18n/sentence.ts';
import { chooseEndpoint, useHub } from '../../../state/hub.ts';
import { Button } from '../../../ui/Button.tsx';
import { Note } from '../../../ui/Note.tsx';
import { useDeed } from '../../../ui/use-deed.ts';
import { AddressForm } from './AddressForm.tsx';
import styles from './HubNotes.module.css';

export interface HubUnreachableNoteProps {
  /** Why, as the runtime says it. */
  readonly message: string;
  /** Goes on with what was tried. */
  readonly onRetry: () => void;
}

/** The hub does not answer: another address can be chosen here, is remembered, and the same page goes on. */
export function HubUnreachableNote({ message, onRetry }: HubUnreachableNoteProps) {
  const { t } = useTranslation();
  const status = useHub((state) => state.status);
  const [hasForm, setHasForm] = useState(false);
  const deed = useDeed();
  const others = status?.knownEndpoints.filter(({ url }) => url !== status.endpoint) ?? [];

  async function choose(url: string): Promise<void> {
    if (await deed.run(() => chooseEndpoint(url))) onRetry();
  }

  return (
    <Note
      tone="slow"
      title={t('discover.unreachable.title')}
      actions={
        <>
          <Button onClick={onRetry}>{t('common.tryAgain')}</Button>
          {others.map(({ name, url }) => (
            <Button key={url} onClick={() => void choose(url)}>
              {t('discover.unreachable.use', { name })}
            </Button>
          ))}
          <Button
            variant="quiet"
            aria-expanded={hasForm}
            onClick={() => {
              setHasForm(!hasForm);
            }}
          >
            {t('discover.unreachable.own')}
          </Button>
          {hasForm && (
            <AddressForm isBusy={deed.isBusy} error={deed.error?.message} onChoose={choose} />
          )}
        </>
      }
    >
      <p>{sentence(message)}</p>
      <p>{t('discover.unreachable.kept')}</p>
      {!hasForm && deed.error !== undefined && (
        <p className={styles['error']}>{sentence(deed.error.message)}</p>
      )}
    </Note>
  );
}
