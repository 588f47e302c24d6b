import { HubProblem } from './HubProblem.tsx';
import type { HubTrouble } from './hub-trouble.ts';
import { StaleNote } from './StaleNote.tsx';

export interface HubTroubleNoteProps {
  readonly trouble: HubTrouble;
  readonly onRetry: () => void;
}

/** The hub's trouble, once for the whole page. */
export function HubTroubleNote({ trouble, onRetry }: HubTroubleNoteProps) {
  return trouble.kind === 'problem' ? (
    <HubProblem problem={trouble.problem} onRetry={onRetry} />
  ) : (
    <StaleNote freshness={trouble.freshness} onRetry={onRetry} />
  );
}
