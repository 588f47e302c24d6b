import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../i18n/format.ts';
import { Note } from '../../../ui/Note.tsx';
import type { InstalledModel } from '../types.ts';
import type { ContextUse } from './context-use.ts';

export interface ContextNoteProps {
  readonly use: ContextUse | undefined;
  readonly model: InstalledModel | undefined;
}

/** Says before sending that a message has no room; nothing is ever cut in silence. */
export function ContextNote({ use, model }: ContextNoteProps) {
  const { t } = useTranslation();
  const format = useFormat();
  if (use?.level !== 'over' || model === undefined) return null;
  return (
    <Note tone="slow" title={t('chat.context.over', { model: model.name })}>
      {t('chat.context.overWhy', {
        used: format.count(use.total),
        limit: format.count(use.limit),
      })}
    </Note>
  );
}
