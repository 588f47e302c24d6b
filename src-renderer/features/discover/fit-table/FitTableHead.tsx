import { useTranslation } from 'react-i18next';
import { HeadCell } from '../../../ui/Table.tsx';
import styles from './FitTable.module.css';
import { SillHead } from './SillHead.tsx';
import type { SillHeadProps } from './SillHead.tsx';

export interface FitTableHeadProps extends SillHeadProps {
  /** What the first column holds. */
  readonly nameHead: string;
}

/** The columns of a fit table; the sills stand above the levels. */
export function FitTableHead({ nameHead, scale, hasUnifiedMemory }: FitTableHeadProps) {
  const { t } = useTranslation();
  return (
    <thead>
      <tr>
        <HeadCell className={styles['nameHead']}>{nameHead}</HeadCell>
        <HeadCell isFigure data-wide className={styles['sizeHead']}>
          {t('discover.column.download')}
        </HeadCell>
        <HeadCell isFigure data-wide className={styles['memoryHead']}>
          {t('discover.column.memory')}
        </HeadCell>
        <SillHead scale={scale} hasUnifiedMemory={hasUnifiedMemory} />
        <HeadCell data-wide className={styles['verdictHead']}>
          {t('discover.column.fit')}
        </HeadCell>
        <HeadCell isFigure data-wide data-spare className={styles['speedHead']}>
          {t('discover.column.speed')}
        </HeadCell>
        <HeadCell className={styles['deedHead']}>
          <span className="visually-hidden">{t('discover.column.deed')}</span>
        </HeadCell>
      </tr>
    </thead>
  );
}
