import { useTranslation } from 'react-i18next';
import { Link } from '../../ui/Link.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';

export interface NoModelsProps {
  /** What was searched for; absent when there is nothing to search in. */
  readonly filter: string | undefined;
}

export function NoModels({ filter }: NoModelsProps) {
  const { t } = useTranslation();
  if (filter !== undefined) {
    return (
      <EmptyState title={t('models.noMatch')}>{t('models.noMatchHint', { filter })}</EmptyState>
    );
  }
  return (
    <EmptyState
      title={t('models.none')}
      action={<Link to={{ page: 'discover' }}>{t('models.findOne')}</Link>}
    >
      {t('models.noneHint')}
    </EmptyState>
  );
}
