import { useTranslation } from 'react-i18next';
import type { MachineStatus } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import { Meter } from '../../../ui/Meter.tsx';
import { Note } from '../../../ui/Note.tsx';
import styles from './MachineSection.module.css';

export interface CardsProps {
  readonly machine: Pick<MachineStatus, 'gpus'>;
}

/** The graphics cards. One that was here and is gone is said, never silently replaced. */
export function Cards({ machine }: CardsProps) {
  const { t } = useTranslation();
  return (
    <section aria-label={t('settings.graphics')} className={styles['part']}>
      <h3>{t('settings.graphics')}</h3>
      {machine.gpus.length === 0 && <p className={styles['quiet']}>{t('settings.noGraphics')}</p>}
      <ul className={styles['cards']}>
        {machine.gpus.map((card, place) => (
          <li key={place} className={styles['part']}>
            {card.isMissing ? (
              <Note tone="slow" title={t('settings.cardGone', { name: card.name })}>
                {t('settings.cardGoneHint')}
              </Note>
            ) : (
              <CardFacts card={card} />
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function CardFacts({ card }: { readonly card: MachineStatus['gpus'][number] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { name, driver, memoryBytes, freeBytes } = card;
  const used =
    memoryBytes === undefined || freeBytes === undefined ? undefined : memoryBytes - freeBytes;
  const text = t('settings.cardMemory', {
    used: format.memory(used),
    total: format.memory(memoryBytes),
  });
  return (
    <>
      <p className={styles['line']}>
        <b>{name}</b>
        {driver !== undefined && <span>{t('settings.driver', { driver })}</span>}
      </p>
      {used !== undefined && memoryBytes !== undefined && (
        <Meter
          label={t('settings.cardMemoryOf', { name })}
          valueText={text}
          value={used}
          max={memoryBytes}
        />
      )}
      <p className={styles['quiet']}>
        {memoryBytes === undefined
          ? t('settings.cardShares')
          : used === undefined
            ? format.memory(memoryBytes)
            : text}
      </p>
    </>
  );
}
