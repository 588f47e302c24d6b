import { useTranslation } from 'react-i18next';
import type { Reach } from '../../../api.ts';
import { updateReach } from '../../../state/pools.ts';
import { Button } from '../../../ui/Button.tsx';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { StateBadge } from '../../../ui/StateBadge.tsx';
import type { Tone } from '../../../ui/StateBadge.tsx';
import { useDeed } from '../../../ui/use-deed.ts';
import styles from './ReachVerdict.module.css';

export interface ReachVerdictProps {
  readonly reach: Reach;
}

const tones: Readonly<Record<Reach['verdict'], Tone>> = {
  internet: 'ok',
  network: 'slow',
  'carrier-nat': 'slow',
  unknown: 'rest',
};

/** The page's largest sentence: from where others can come in. */
export function ReachVerdict({ reach }: ReachVerdictProps) {
  const { t } = useTranslation();
  const deed = useDeed();
  const { verdict, isLooking } = reach;
  const wasSeen = reach.candidates.some(
    (candidate) => candidate.verdict === 'seen' && candidate.seenFrom === 'internet',
  );
  const words = verdict === 'internet' && !wasSeen ? 'likely' : verdict;
  return (
    <section aria-label={t('host.reach.title')} className={styles['card']}>
      <div className={styles['text']}>
        <StateBadge tone={isLooking ? 'work' : tones[verdict]} isBoxed>
          {t(isLooking ? 'host.reach.looking' : `host.reach.state.${verdict}`)}
        </StateBadge>
        <h2>{t(`host.reach.verdict.${words}.title`)}</h2>
        <p>{t(`host.reach.verdict.${words}.text`)}</p>
      </div>
      <Button
        busyLabel={deed.isBusy || isLooking ? t('host.reach.looking') : undefined}
        onClick={() => void deed.run(() => updateReach({ lookAgain: true }))}
      >
        {t('host.reach.lookAgain')}
      </Button>
      {deed.error && <ErrorNote error={deed.error} className={styles['error'] ?? ''} />}
    </section>
  );
}
