import { useTranslation } from 'react-i18next';
import { sentence } from '../../../i18n/sentence.ts';
import { useHub } from '../../../state/hub.ts';
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
  const hasToken = useHub(({ status }) => status !== undefined && status.tokenFrom !== 'none');
  const needsAccess = problem.reason === 'gated-access-needed';
  const kind = needsAccess ? 'gated' : problem.reason === 'token-refused' ? 'refused' : 'needed';
  // The token may have been kept elsewhere on the page since it failed.
  const isUpToHub = needsAccess || (kind === 'needed' && hasToken);
  return (
    <Note
      tone="slow"
      title={t(`discover.access.${kind}`)}
      actions={
        isUpToHub && (
          <Button onClick={onRetry}>
            {t(needsAccess ? 'discover.access.granted' : 'common.tryAgain')}
          </Button>
        )
      }
    >
      {kind === 'refused' || pageUrl === undefined ? (
        <p>{sentence(problem.message)}</p>
      ) : (
        <p>
          {t(`discover.access.how.${isUpToHub ? 'gated' : 'needed'}`)}{' '}
          <SafeLink address={pageUrl}>{pageUrl}</SafeLink>
        </p>
      )}
      {!isUpToHub && <TokenForm onKept={onRetry} />}
    </Note>
  );
}
