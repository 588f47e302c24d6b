import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../i18n/format.ts';
import { StateBadge } from '../../../ui/StateBadge.tsx';
import { useAskerWords } from './asker-words.ts';
import styles from './Box.module.css';
import type { BoxProps } from './box-props.ts';
import type { Asker } from './topology.ts';

export interface AskerBoxProps extends BoxProps {
  readonly asker: Asker;
}

/** Somebody who asks: who, by what, and how fast the answers come. */
export function AskerBox({ asker, boxKey, style }: AskerBoxProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const words = useAskerWords();
  return (
    <li className={styles['place']} style={style}>
      <div tabIndex={-1} data-box={boxKey} className={styles['box']}>
        <span className={styles['line']}>
          <b className={styles['name']}>{words.name(asker)}</b>
          {asker.answers > 0 ? (
            <b className={styles['end']}>{format.rate(asker.tokensPerSecond)}</b>
          ) : (
            <StateBadge tone="waiting" className={styles['end']}>
              {asker.firstPosition === undefined
                ? t('overview.waits')
                : t('overview.place', { place: format.count(asker.firstPosition) })}
            </StateBadge>
          )}
        </span>
        <span className={styles['why']}>{words.detail(asker)}</span>
      </div>
    </li>
  );
}
