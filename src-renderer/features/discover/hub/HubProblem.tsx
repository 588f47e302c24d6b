import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { sentence } from '../../../i18n/sentence.ts';
import { Button } from '../../../ui/Button.tsx';
import { Note } from '../../../ui/Note.tsx';
import { AccessNote } from './AccessNote.tsx';
import { HubClosedNote } from './HubClosedNote.tsx';
import { HubUnreachableNote } from './HubUnreachableNote.tsx';
import { repairOf } from './problem.ts';
import type { Problem } from './problem.ts';

export interface HubProblemProps {
  readonly problem: Problem;
  /** What was tried, such as "Qwen3 8B could not be downloaded". */
  readonly title?: string;
  /** The model's page on the hub, where access is asked for. */
  readonly pageUrl?: string | undefined;
  /** Goes on with what was tried, once the cause is repaired. */
  readonly onRetry: () => void;
}

/** Why the hub did not give what was asked, with what repairs it in the same place. */
export function HubProblem({ problem, title, pageUrl, onRetry }: HubProblemProps): ReactNode {
  const { t } = useTranslation();
  switch (repairOf(problem)) {
    case 'endpoint':
      return <HubUnreachableNote message={problem.message} onRetry={onRetry} />;
    case 'closed':
      return <HubClosedNote message={problem.message} />;
    case 'access':
      return <AccessNote problem={problem} pageUrl={pageUrl} onRetry={onRetry} />;
    case 'again':
      return (
        <Note
          tone="fail"
          title={title ?? t('discover.failed')}
          actions={<Button onClick={onRetry}>{t('common.tryAgain')}</Button>}
        >
          <p>{sentence(problem.message)}</p>
        </Note>
      );
  }
}
