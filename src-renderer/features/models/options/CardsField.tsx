import { useTranslation } from 'react-i18next';
import type { MachineStatus } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import { withCard } from './load-draft.ts';
import type { LoadDraft } from './load-draft.ts';
import styles from './CardsField.module.css';

export interface CardsFieldProps {
  readonly cards: MachineStatus['gpus'];
  readonly chosen: LoadDraft['gpus'];
  readonly onChange: (chosen: LoadDraft['gpus']) => void;
}

/** Which graphics cards may be used. A card that vanished stays in its place and cannot be chosen. */
export function CardsField({ cards, chosen, onChange }: CardsFieldProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const present = cards.flatMap((card, place) => (card.isMissing ? [] : [place]));
  return (
    <fieldset className={styles['cards']}>
      <legend>{t('models.option.gpus')}</legend>
      {cards.map((card, place) => (
        <label key={place} className={styles['card']}>
          <input
            type="checkbox"
            disabled={card.isMissing}
            checked={!card.isMissing && (chosen === 'auto' || chosen.includes(place))}
            onChange={() => {
              onChange(withCard(chosen, place, present));
            }}
          />
          <span>
            {card.name}
            <span className={styles['memory']}>
              {card.isMissing ? t('models.option.cardGone') : format.memory(card.memoryBytes)}
            </span>
          </span>
        </label>
      ))}
      <p className={styles['hint']}>
        {t(
          chosen !== 'auto' && chosen.length === 0
            ? 'models.option.gpusNone'
            : 'models.option.gpusHint',
        )}
      </p>
    </fieldset>
  );
}
