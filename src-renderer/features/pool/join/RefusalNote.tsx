import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { sentence } from '../../../i18n/sentence.ts';
import { Note } from '../../../ui/Note.tsx';
import type { Refusal } from './refusals.ts';

export interface RefusalNoteProps {
  readonly refusal: Refusal | undefined;
  /** The runtime's own sentence, for a reason that has no words here. */
  readonly message: string;
  /** What was tried, where the reason has no words here. */
  readonly title: string;
  readonly actions?: ReactNode;
}

/** Why a pool said no: one sentence on what is wrong, one on what to do. */
export function RefusalNote({ refusal, message, title, actions }: RefusalNoteProps) {
  const { t } = useTranslation();
  if (refusal === undefined) {
    return (
      <Note tone="fail" title={title} actions={actions}>
        {sentence(message)}
      </Note>
    );
  }
  return (
    <Note tone="fail" title={t(`join.refusal.${refusal}.title`)} actions={actions}>
      {t(`join.refusal.${refusal}.text`)}
    </Note>
  );
}
