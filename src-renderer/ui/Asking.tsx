import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useConnection } from '../state/connection.ts';
import { Button } from './Button.tsx';
import { ErrorNote } from './ErrorNote.tsx';

export interface AskingProps {
  /** False until the first answer. */
  readonly isKnown: boolean;
  readonly error: unknown;
  /** What was asked for, in case it fails: "The keys could not be listed". */
  readonly failedTitle: string;
  readonly onRetry: () => void;
  readonly children?: ReactNode;
}

/**
 * What stands above or in place of something that is asked for: waiting, failed, or there. While Millpond
 * is away the window has said so, and everything is asked again by itself when it is back.
 */
export function Asking({ isKnown, error, failedTitle, onRetry, children }: AskingProps) {
  const { t } = useTranslation();
  const isOffline = useConnection(({ phase }) => phase === 'offline');
  const isAsking = !isKnown && error === undefined;
  return (
    <>
      {isOffline && !isKnown && <p role="status">{t('common.offline')}</p>}
      {error !== undefined && !isOffline && (
        <ErrorNote
          error={error}
          title={failedTitle}
          actions={<Button onClick={onRetry}>{t('common.tryAgain')}</Button>}
        />
      )}
      {isAsking && !isOffline && <p role="status">{t('common.asking')}</p>}
      {isKnown && children}
    </>
  );
}
