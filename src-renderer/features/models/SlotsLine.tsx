import { useTranslation } from 'react-i18next';
import type { InstalledModel } from '../../api.ts';
import { useFormat } from '../../i18n/format.ts';
import { Slots } from '../../ui/Slots.tsx';
import styles from './SlotsLine.module.css';

export interface SlotsLineProps {
  readonly loaded: NonNullable<InstalledModel['loaded']>;
}

/** Places for answers, context of each, and what computes. */
export function SlotsLine({ loaded }: SlotsLineProps) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <p className={styles['line']}>
      <span className={styles['slots']}>
        <Slots busy={loaded.busySlots} total={loaded.slots} queued={loaded.queued} />
        {t('models.slotsBusy', { busy: loaded.busySlots, total: loaded.slots })}
        {loaded.queued > 0 && <> · {t('models.queued', { count: loaded.queued })}</>}
      </span>
      <span>{t('models.contextEach', { tokens: format.count(loaded.contextLength) })}</span>
      <span>
        {loaded.device} · {t(`models.engine.${loaded.engine}`)}
      </span>
    </p>
  );
}
