import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
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

/** What stands above or in place of something that is asked for: waiting, failed, or there. */
export function Asking({ isKnown, error, failedTitle, onRetry, children }: AskingProps) {
  const { t } = useTranslation();
  return (
    <>
      {error !== undefined && (
        <ErrorNote
          error={error}
          title={failedTitle}
          actions={<Button onClick={onRetry}>{t('common.tryAgain')}</Button>}
        />
      )}
      {!isKnown && error === undefined && <p role="status">{t('common.asking')}</p>}
      {isKnown && children}
    </>
  );
}
