import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../i18n/format.ts';
import styles from './Box.module.css';
import type { BoxProps } from './box-props.ts';
import { useModelWords } from './model-words.ts';
import type { PoolModel } from './topology.ts';

export interface ModelBoxProps extends BoxProps {
  readonly model: PoolModel;
}

/** One entry per model, however many machines serve it: a reach of water with open sides. */
export function ModelBox({ model, boxKey, style }: ModelBoxProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const words = useModelWords();
  const isIdle = model.busySlots === 0 && model.waiting === 0;
  return (
    <li className={styles['place']} style={style}>
      <div tabIndex={-1} data-box={boxKey} className={styles['reach']}>
        <b className={styles['name']} title={model.id}>
          {model.name}
        </b>
        <span className={styles['why']}>{words.machines(model)}</span>
        <span className={styles['line']}>
          <span className={styles['why']}>{isIdle ? t('overview.idle') : words.slots(model)}</span>
          {!isIdle && <b className={styles['end']}>{format.rate(model.tokensPerSecond)}</b>}
        </span>
      </div>
    </li>
  );
}
