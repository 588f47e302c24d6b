import { useTranslation } from 'react-i18next';
import type { HubFreshness } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import { useHub } from '../../../state/hub.ts';
import { useNow } from '../../../ui/use-now.ts';
import { HubClosedNote } from './HubClosedNote.tsx';
import { HubUnreachableNote } from './HubUnreachableNote.tsx';

export interface StaleNoteProps {
  readonly freshness: HubFreshness;
  readonly onRetry: () => void;
}

/** What is shown was known earlier; the hub could not be asked, or may not be. */
export function StaleNote({ freshness, onRetry }: StaleNoteProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const isClosed = useHub((state) => state.status?.closedBy !== undefined);
  const now = useNow(60_000);
  const message = t('discover.stale', { time: format.moment(freshness.at, now) });
  return isClosed ? (
    <HubClosedNote message={message} />
  ) : (
    <HubUnreachableNote message={message} onRetry={onRetry} />
  );
}
