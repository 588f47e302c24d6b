import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api.ts';
import { Button } from '../../../ui/Button.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import styles from './ShowLog.module.css';

type Log =
  | { readonly phase: 'closed' }
  | { readonly phase: 'fetching' }
  | { readonly phase: 'shown'; readonly lines: readonly string[] }
  | { readonly phase: 'failed'; readonly error: unknown };

/** *Show the log*: the newest lines, for whoever wants to know more than the sentence says. */
export function ShowLog() {
  const { t } = useTranslation();
  const [log, setLog] = useState<Log>({ phase: 'closed' });
  const open = () => {
    setLog({ phase: 'fetching' });
    api.system.log({ lines: 100 }).then(
      ({ lines }) => {
        setLog({ phase: 'shown', lines });
      },
      (error: unknown) => {
        setLog({ phase: 'failed', error });
      },
    );
  };
  return (
    <>
      <Button
        variant="quiet"
        busyLabel={log.phase === 'fetching' ? t('chat.log.fetching') : undefined}
        onClick={open}
      >
        {t('chat.log.show')}
      </Button>
      {(log.phase === 'shown' || log.phase === 'failed') && (
        <Dialog
          title={t('chat.log.title')}
          size="large"
          onClose={() => {
            setLog({ phase: 'closed' });
          }}
        >
          {log.phase === 'shown' ? (
            // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
            <pre className={styles['log']} tabIndex={0}>
              {log.lines.join('\n')}
            </pre>
          ) : (
            <ErrorNote error={log.error} />
          )}
        </Dialog>
      )}
    </>
  );
}
