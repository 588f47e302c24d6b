import { useTranslation } from 'react-i18next';
import type { KeyboardEvent } from 'react';
import { Link } from '../../../ui/Link.tsx';
import type { FitRowData } from './fit-row.ts';
import styles from './FitRow.module.css';

export interface FitRowNameProps {
  readonly row: FitRowData;
  readonly isChosen: boolean;
  readonly onChoose: ((variant: string) => void) | undefined;
  readonly onDownload: () => void;
}

/** The row's main control: Enter opens its page or chooses it, D downloads. */
export function FitRowName({ row, isChosen, onChoose, onDownload }: FitRowNameProps) {
  const { t } = useTranslation();
  const onKeyDown = (event: KeyboardEvent) => {
    const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.repeat;
    if (isPlain && event.key.toLowerCase() === 'd') onDownload();
  };
  const shared = { 'data-row-focus': true, className: styles['open'], onKeyDown };
  return (
    <>
      <span className={styles['title']}>
        {row.to === undefined ? (
          <button
            type="button"
            {...shared}
            aria-pressed={isChosen}
            onClick={() => {
              onChoose?.(row.variant);
            }}
          >
            {row.title}
          </button>
        ) : (
          <Link to={row.to} {...shared}>
            {row.title}
          </Link>
        )}
        {row.isRecommended && (
          <span className={styles['recommended']}>{t('discover.recommended')}</span>
        )}
      </span>
      <span className={styles['detail']}>
        {row.mark !== undefined && <code>{row.mark}</code>}
        {row.mark !== undefined && row.detail !== undefined && ' · '}
        {row.detail}
      </span>
    </>
  );
}
