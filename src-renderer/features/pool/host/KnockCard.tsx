import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api.ts';
import type { Knock, NodeTrust, Pool } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import { refreshPools } from '../../../state/pools.ts';
import { showToast } from '../../../state/toasts.ts';
import { Button } from '../../../ui/Button.tsx';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { useDeed } from '../../../ui/use-deed.ts';
import { useNow } from '../../../ui/use-now.ts';
import { Words } from '../join/Words.tsx';
import { ChoiceField } from './ChoiceField.tsx';
import { nodeTrusts } from './invite-draft.ts';
import styles from './KnockCard.module.css';

export interface KnockCardProps {
  readonly knock: Knock;
  readonly pool: Pool;
}

/** Somebody on the network asks to join: the words to compare, and the owner's answer. */
export function KnockCard({ knock, pool }: KnockCardProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(10_000);
  const deed = useDeed();
  const [trust, setTrust] = useState<NodeTrust>('trusted');
  const [answer, setAnswer] = useState<'accept' | 'decline'>();
  const { personName, deviceName } = knock;
  const who = personName === '' ? deviceName : personName;

  async function reply(accept: boolean): Promise<void> {
    setAnswer(accept ? 'accept' : 'decline');
    const isSent = await deed.run(async () => {
      await api.pools.answerKnock({
        ...{ id: knock.id, accept },
        ...(accept && { poolId: pool.id, trust }),
      });
      await refreshPools();
    });
    if (isSent) showToast(t(accept ? 'host.knock.accepted' : 'host.knock.declined', { who }));
  }

  return (
    <section aria-label={t('host.knock.title', { who })} role="status" className={styles['card']}>
      <div className={styles['who']}>
        <h2>{t('host.knock.title', { who })}</h2>
        <p>
          {t('host.knock.from', {
            ...{ machine: deviceName, address: knock.address, name: pool.name },
            when: format.ago(knock.at, now),
          })}
        </p>
      </div>
      <CompareWords knock={knock} />
      <div className={styles['actions']}>
        <ChoiceField
          label={t('host.invite.trust')}
          value={trust}
          values={nodeTrusts}
          wordOf={(each) => t(`host.trust.${each}`)}
          onChange={setTrust}
        />
        <span className={styles['buttons']}>
          <Button
            variant="danger"
            busyLabel={deed.isBusy && answer === 'decline' ? t('host.knock.answering') : undefined}
            onClick={() => void reply(false)}
          >
            {t('host.knock.decline')}
          </Button>
          <Button
            busyLabel={deed.isBusy && answer === 'accept' ? t('host.knock.answering') : undefined}
            onClick={() => void reply(true)}
          >
            {t('host.knock.accept')}
          </Button>
        </span>
      </div>
      {deed.error && <ErrorNote error={deed.error} />}
    </section>
  );
}

function CompareWords({ knock }: Pick<KnockCardProps, 'knock'>) {
  const { t } = useTranslation();
  return (
    <>
      <Words words={knock.words} isLarge />
      <p className={styles['hint']}>{t('host.knock.compare', { machine: knock.deviceName })}</p>
    </>
  );
}
