import { useTranslation } from 'react-i18next';
import type { PriceList } from '../../../api.ts';
import { Button } from '../../../ui/Button.tsx';
import { Note } from '../../../ui/Note.tsx';
import styles from './Models.module.css';

type Missing = PriceList['missing'][number];

export interface MissingPricesProps {
  readonly missing: readonly Missing[];
  /** Absent for who may not set prices. */
  readonly onEnter?: (missing: Missing) => void;
}

const mostShown = 8;

/** Cloud models that are served and have no price: what they cost is missing from every sum. */
export function MissingPrices({ missing, onEnter }: MissingPricesProps) {
  const { t } = useTranslation();
  const rest = missing.length - mostShown;
  return (
    <Note tone="slow" title={t('prices.missing', { count: missing.length })}>
      <p>{t('prices.missingText')}</p>
      <ul className={styles['missing']}>
        {missing.slice(0, mostShown).map(({ model, provider }) => (
          <li key={`${model}@${provider}`}>
            <code>{model}</code>
            <span className={styles['quiet']}>{provider}</span>
            {onEnter !== undefined && (
              <Button
                size="row"
                aria-label={t('prices.enterFor', { model })}
                onClick={() => {
                  onEnter({ model, provider });
                }}
              >
                {t('prices.enter')}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {rest > 0 && <p>{t('prices.missingMore', { count: rest })}</p>}
    </Note>
  );
}
