import { useTranslation } from 'react-i18next';
import { sentence } from '../../../i18n/sentence.ts';
import { useHub } from '../../../state/hub.ts';
import { Link } from '../../../ui/Link.tsx';
import { Note } from '../../../ui/Note.tsx';

export interface HubClosedNoteProps {
  /** Why, as the runtime says it; used where the window does not know it better. */
  readonly message: string;
}

/** The hub may not be asked: a person or the environment decided so. That is no failure. */
export function HubClosedNote({ message }: HubClosedNoteProps) {
  const { t } = useTranslation();
  const closedBy = useHub((state) => state.status?.closedBy);
  if (closedBy === 'environment') {
    return (
      <Note tone="quiet" title={t('discover.closed.environmentTitle')}>
        <p>{t('discover.closed.environment')}</p>
      </Note>
    );
  }
  return (
    <Note
      tone="quiet"
      title={t('discover.closed.localOnlyTitle')}
      actions={
        <Link to={{ page: 'settings', section: 'privacy' }}>{t('discover.closed.settings')}</Link>
      }
    >
      <p>{closedBy === undefined ? sentence(message) : t('discover.closed.localOnly')}</p>
    </Note>
  );
}
