import { useTranslation } from 'react-i18next';
import styles from './RowsSkeleton.module.css';

export interface RowsSkeletonProps {
  readonly count: number;
}

/** Where rows will stand: still lines, so that nothing jumps when they come. */
export function RowsSkeleton({ count }: RowsSkeletonProps) {
  const { t } = useTranslation();
  return (
    <div aria-busy className={styles['rows']}>
      <p role="status" className="visually-hidden">
        {t('discover.asking')}
      </p>
      {Array.from({ length: count }, (_, index) => (
        <div key={index} className={styles['row']}>
          <span />
          <span />
        </div>
      ))}
    </div>
  );
}
