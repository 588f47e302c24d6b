import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import styles from './WayOut.module.css';

export interface WayOutProps {
  readonly way: 'overlay' | 'passthrough' | 'server';
  /** The commands. */
  readonly children: ReactNode;
  /** What to press once they have run. */
  readonly action?: ReactNode;
}

/** One way in for others: what it is, what to run, what to press then. */
export function WayOut({ way, children, action }: WayOutProps) {
  const { t } = useTranslation();
  return (
    <li className={styles['way']}>
      <div className={styles['words']}>
        <h3>{t(`host.ways.${way}.title`)}</h3>
        <p>{t(`host.ways.${way}.text`)}</p>
        <p>{t(`host.ways.${way}.then`)}</p>
        {action}
      </div>
      <div className={styles['commands']}>{children}</div>
    </li>
  );
}
