import { useTranslation } from 'react-i18next';
import type { Pool } from '../../../api.ts';
import { navigate } from '../../../router.ts';
import { usePools } from '../../../state/pools.ts';
import { Button } from '../../../ui/Button.tsx';
import { Note } from '../../../ui/Note.tsx';

export interface ReachWarningProps {
  readonly pool: Pool;
  /** The way out is on another page. */
  readonly onLeave: () => void;
}

/** Says before anything is sent that an invite would not work from everywhere. */
export function ReachWarning({ pool, onLeave }: ReachWarningProps) {
  const { t } = useTranslation();
  const verdict = usePools(({ reach }) => reach?.verdict);
  if (verdict === undefined || verdict === 'internet') return null;
  return (
    <Note
      tone={verdict === 'unknown' ? 'quiet' : 'slow'}
      title={t(`host.reach.warning.${verdict}.title`)}
      actions={
        <Button
          size="row"
          onClick={() => {
            onLeave();
            navigate({ page: 'pool', place: pool.id, tab: 'address' });
          }}
        >
          {t('host.reach.waysOut')}
        </Button>
      }
    >
      {t(`host.reach.warning.${verdict}.text`)}
    </Note>
  );
}
