import { useTranslation } from 'react-i18next';
import type { HubModel } from '../../../api.ts';
import { useHub } from '../../../state/hub.ts';
import { Note } from '../../../ui/Note.tsx';
import { SafeLink } from '../../../ui/markdown/SafeLink.tsx';
import { TokenForm } from '../hub/TokenForm.tsx';

export interface GatedNoteProps {
  readonly model: HubModel;
}

/** Its makers want to know who takes it: said before a download is refused. */
export function GatedNote({ model }: GatedNoteProps) {
  const { t } = useTranslation();
  const status = useHub((state) => state.status);
  if (status === undefined) return null;
  const hasToken = status.tokenFrom !== 'none';
  return (
    <Note tone={hasToken ? 'quiet' : 'slow'} title={t('discover.gated.title')}>
      <p>
        {t(hasToken ? 'discover.gated.withToken' : 'discover.gated.withoutToken')}{' '}
        <SafeLink address={model.pageUrl}>{model.pageUrl}</SafeLink>
      </p>
      {status.account !== undefined && hasToken && (
        <p>{t('discover.gated.account', { account: status.account })}</p>
      )}
      {!hasToken && <TokenForm onKept={() => undefined} />}
    </Note>
  );
}
