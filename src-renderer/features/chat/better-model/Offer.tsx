import { useTranslation } from 'react-i18next';
import type { Starter } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import { Button } from '../../../ui/Button.tsx';
import { useDeed } from '../../../ui/use-deed.ts';
import { HubProblem } from '../../discover/hub/HubProblem.tsx';
import { dismissBetterModel, getBetterModel } from './better-model.ts';
import styles from './BetterModelCard.module.css';

export interface OfferProps {
  readonly starter: Starter;
}

/** One sentence with real figures, and one button. */
export function Offer({ starter }: OfferProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { isBusy, error, run } = useDeed();
  const { name, sizeBytes, fit } = starter;
  const rate = fit?.tokensPerSecond;
  const get = () => void run(() => getBetterModel(starter));
  return (
    <>
      <p>
        {t('chat.better.guide')}{' '}
        <b>
          {t(rate === undefined ? 'chat.better.model' : 'chat.better.modelWithSpeed', {
            name,
            size: format.bytes(sizeBytes),
            rate: format.roughRate(rate),
          })}
        </b>
      </p>
      {error !== undefined && (
        <HubProblem problem={error} title={t('discover.notStarted', { name })} onRetry={get} />
      )}
      <p className={styles['deeds']}>
        <Button
          variant="primary"
          busyLabel={isBusy ? t('discover.starting') : undefined}
          onClick={get}
        >
          {t('chat.better.get')}
        </Button>
        <Button variant="quiet" onClick={dismissBetterModel}>
          {t('chat.better.notNow')}
        </Button>
      </p>
    </>
  );
}
