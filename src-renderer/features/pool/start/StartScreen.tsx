import { useTranslation } from 'react-i18next';
import { navigate } from '../../../router.ts';
import { useMe } from '../../../state/me.ts';
import { Button } from '../../../ui/Button.tsx';
import { Page } from '../../../ui/Page.tsx';
import { JoinCard } from '../join/JoinCard.tsx';
import type { Place } from '../places.ts';
import { PoolDrawing } from './PoolDrawing.tsx';
import { StartCard } from './StartCard.tsx';
import { WhatOthersSee } from './WhatOthersSee.tsx';
import styles from './StartScreen.module.css';

export interface StartScreenProps {
  /** Where the way back leads, when this machine is in a pool already. */
  readonly first: Place | undefined;
}

/** How a pool begins: join one, or start one, knowing what others will see. */
export function StartScreen({ first }: StartScreenProps) {
  const { t } = useTranslation();
  const isOwner = useMe(({ me }) => me === undefined || me.role === 'owner');
  return (
    <Page
      title={t('frame.page.pool')}
      actions={
        first && (
          <Button
            variant="quiet"
            onClick={() => {
              navigate({ page: 'pool', place: first.id });
            }}
          >
            {t('pool.back', { name: first.name })}
          </Button>
        )
      }
    >
      <div className={styles['intro']}>
        <p className={styles['lead']}>{t('pool.start.intro')}</p>
        <PoolDrawing />
      </div>
      {isOwner && (
        <div className={styles['ways']}>
          <JoinCard />
          <StartCard />
        </div>
      )}
      <WhatOthersSee />
    </Page>
  );
}
