import { useTranslation } from 'react-i18next';
import { Button } from '../../../ui/Button.tsx';
import { CodeBlock } from '../../../ui/CodeBlock.tsx';
import { EmptyState } from '../../../ui/EmptyState.tsx';
import styles from './ActivityEmpty.module.css';

export interface ActivityEmptyProps {
  readonly isFiltered: boolean;
  readonly onClear: () => void;
}

export function ActivityEmpty({ isFiltered, onClear }: ActivityEmptyProps) {
  const { t } = useTranslation();
  if (isFiltered) {
    return (
      <EmptyState
        title={t('activity.noMatch')}
        action={<Button onClick={onClear}>{t('activity.showAll')}</Button>}
      >
        {t('activity.noMatchHint')}
      </EmptyState>
    );
  }
  return (
    <EmptyState
      title={t('activity.still')}
      action={
        <div className={styles['try']}>
          <CodeBlock code={'millpond run guide "Hello"'} title={t('activity.tryIt')} />
        </div>
      }
    >
      {t('activity.stillHint')}
    </EmptyState>
  );
}
