import { useTranslation } from 'react-i18next';
import { sentence } from '../../../i18n/sentence.ts';
import { Button } from '../../../ui/Button.tsx';
import { Note } from '../../../ui/Note.tsx';
import { SafeLink } from '../../../ui/markdown/SafeLink.tsx';
import type { Problem } from './problem.ts';
import { TokenForm } from './TokenForm.tsx';

export interface AccessNoteProps {
  readonly problem: Problem;
  /** Where access is asked for. */
  readonly pageUrl: string | undefined;
  readonly onRetry: () => void;
}

/** The hub gives this model only to accounts it knows: what to do, and the token right here. */
export function AccessNote({ problem, pageUrl, onRetry }: AccessNoteProps) {
  const { t } = useTranslation();
  const needsAccess = problem.reason === 'gated-access-needed';
  const kind = needsAccess ? 'gated' : problem.reason === 'token-refused' ? 'refused' : 'needed';
  return (
    <Note
      tone="slow"
      title={t(`discover.access.${kind}`)}
      actions={needsAccess && <Button onClick={onRetry}>{t('discover.access.granted')}</Button>}
    >
      <p>{sentence(problem.message)}</p>
      {pageUrl !== undefined && kind !== 'refused' && (
        <p>
          {t('discover.access.askAt')} <SafeLink address={pageUrl}>{pageUrl}</SafeLink>
        </p>
      )}
      {!needsAccess && <TokenForm onKept={onRetry} />}
    </Note>
  );
}
