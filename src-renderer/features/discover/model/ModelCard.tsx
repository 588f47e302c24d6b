import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { HubModel } from '../../../api.ts';
import { Button } from '../../../ui/Button.tsx';
import { Markdown } from '../../../ui/markdown/Markdown.tsx';
import { SafeLink } from '../../../ui/markdown/SafeLink.tsx';
import { PageSection } from '../../../ui/Page.tsx';
import { cardOpening } from './card-opening.ts';
import styles from './ModelCard.module.css';

export interface ModelCardProps {
  readonly model: HubModel;
}

/** What its makers say: the beginning, and all of it when asked for. */
export function ModelCard({ model }: ModelCardProps) {
  const { t } = useTranslation();
  const [isWhole, setIsWhole] = useState(false);
  const { opening, isAll } = useMemo(() => cardOpening(model.card), [model.card]);
  return (
    <PageSection title={t('discover.card.title')} className={styles['card']}>
      {model.card.trim() === '' ? (
        <p className={styles['none']}>
          {t(model.isGated ? 'discover.card.gated' : 'discover.card.none')}
        </p>
      ) : (
        <Markdown text={isWhole ? model.card : opening} page={model.pageUrl} />
      )}
      <p className={styles['foot']}>
        {!isAll && (
          <Button
            size="row"
            aria-expanded={isWhole}
            onClick={() => {
              setIsWhole(!isWhole);
            }}
          >
            {t(isWhole ? 'discover.card.less' : 'discover.card.whole')}
          </Button>
        )}
        <SafeLink address={model.pageUrl}>{t('discover.card.page')}</SafeLink>
      </p>
    </PageSection>
  );
}
