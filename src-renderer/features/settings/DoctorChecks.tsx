import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api.ts';
import type { DoctorCheck } from '../../api.ts';
import { Button } from '../../ui/Button.tsx';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { StateBadge } from '../../ui/StateBadge.tsx';
import type { Tone } from '../../ui/StateBadge.tsx';
import { useDeed } from '../../ui/use-deed.ts';
import styles from './DoctorChecks.module.css';

const tones: Readonly<Record<DoctorCheck['outcome'], Tone>> = {
  ok: 'ok',
  warning: 'slow',
  problem: 'fail',
};

/** Whether everything that Millpond stands on is in order, in one sentence each. */
export function DoctorChecks() {
  const { t } = useTranslation();
  const { isBusy, error, run } = useDeed();
  const [checks, setChecks] = useState<readonly DoctorCheck[]>();
  const [round, setRound] = useState(0);
  useEffect(() => {
    const stop = new AbortController();
    void run(async () => {
      try {
        const found = await api.system.doctor({}, { signal: stop.signal });
        setChecks(found.checks);
      } catch (thrown) {
        if (!stop.signal.aborted) throw thrown;
      }
    });
    return () => {
      stop.abort();
    };
  }, [run, round]);
  return (
    <section aria-label={t('settings.checks')} aria-busy={isBusy} className={styles['checks']}>
      <div className={styles['head']}>
        <h3>{t('settings.checks')}</h3>
        <Button
          size="row"
          busyLabel={isBusy ? t('settings.checking') : undefined}
          onClick={() => {
            setRound(round + 1);
          }}
        >
          {t('settings.checkAgain')}
        </Button>
      </div>
      {error && <ErrorNote error={error} />}
      <ul>
        {checks?.map((check) => (
          <li key={check.name} className={styles['check']}>
            <StateBadge tone={tones[check.outcome]}>
              {t(`settings.outcome.${check.outcome}`)}
            </StateBadge>
            <span>
              <b>{check.name}</b> <span className={styles['detail']}>{check.detail}</span>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
