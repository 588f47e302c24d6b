import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { MillpondError } from '../../src-main/core/error.ts';
import { api } from '../api.ts';
import { CopyButton } from '../ui/CopyButton.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { ErrorNote } from '../ui/ErrorNote.tsx';
import styles from './LogDialog.module.css';

export interface LogDialogProps {
  readonly onClose: () => void;
}

const shownLines = 500;

/** The newest lines of Millpond's own log. It never holds prompts, answers or keys. */
export function LogDialog({ onClose }: LogDialogProps) {
  const { t } = useTranslation();
  const [lines, setLines] = useState<readonly string[]>();
  const [error, setError] = useState<MillpondError>();
  useEffect(() => {
    const stop = new AbortController();
    api.system.log({ lines: shownLines }, { signal: stop.signal }).then(
      (log) => {
        setLines(log.lines);
      },
      (thrown: unknown) => {
        if (!stop.signal.aborted) setError(MillpondError.from(thrown));
      },
    );
    return () => {
      stop.abort();
    };
  }, []);
  const text = lines?.join('\n') ?? '';
  return (
    <Dialog
      title={t('frame.log.title')}
      size="large"
      actions={
        text !== '' && <CopyButton text={text} label={t('frame.log.copy')} variant="plain" />
      }
      onClose={onClose}
    >
      {error && <ErrorNote error={error} />}
      {lines?.length === 0 && <p>{t('frame.log.empty')}</p>}
      {text !== '' && (
        <pre
          // Reachable by keyboard, because it scrolls.
          // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
          tabIndex={0}
          role="region"
          aria-label={t('frame.log.title')}
          className={styles['log']}
          ref={(element) => {
            element?.scrollTo({ top: element.scrollHeight });
          }}
        >
          {text}
        </pre>
      )}
    </Dialog>
  );
}
