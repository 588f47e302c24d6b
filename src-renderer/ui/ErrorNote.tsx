import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { MillpondError } from '../../src-main/core/error.ts';
import { sentence } from '../i18n/sentence.ts';
import { Note } from './Note.tsx';

export interface ErrorNoteProps {
  readonly error: unknown;
  /** What was tried, such as "Could not load Guide". Left out where the error says it all. */
  readonly title?: string;
  /** What repairs it. */
  readonly actions?: ReactNode;
  readonly className?: string;
}

/** A failure in words: what was tried, what happened, and a way out. */
export function ErrorNote({ error, title, actions, className }: ErrorNoteProps) {
  const { t } = useTranslation();
  const { code, message } = MillpondError.from(error);
  const what = t(`errors.${code}`);
  return (
    <Note tone="fail" title={title ?? what} actions={actions} className={className}>
      {title === undefined || message !== what ? <p>{sentence(message)}</p> : undefined}
    </Note>
  );
}
