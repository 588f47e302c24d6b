import { useTranslation } from 'react-i18next';
import { Button } from '../../../ui/Button.tsx';
import { EmptyState } from '../../../ui/EmptyState.tsx';
import { PageSection } from '../../../ui/Page.tsx';
import { Select } from '../../../ui/Select.tsx';
import { HubProblem } from '../hub/HubProblem.tsx';
import { concernsHub } from '../hub/hub-trouble.ts';
import { RowsSkeleton } from '../RowsSkeleton.tsx';
import { HubFilters } from './HubFilters.tsx';
import { HubTable } from './HubTable.tsx';
import { openQuestion, sorts } from './hub-question.ts';
import styles from './HubSection.module.css';
import { search, setFilters, setQuery, showMore, useHubSearch } from './search-store.ts';

/** Everything on the hub that this machine's engines could run. */
export function HubSection() {
  const { t } = useTranslation();
  const { models, error, asking, sort } = useHubSearch();
  return (
    <PageSection
      title={t('discover.hub.title')}
      actions={
        <Select
          aria-label={t('discover.sort.label')}
          options={sorts.map((value) => ({ value, label: t(`discover.sort.${value}`) }))}
          value={sort}
          onChange={(value) => {
            setFilters({ sort: value });
          }}
        />
      }
    >
      <HubFilters />
      {error !== undefined && !concernsHub(error) && (
        <HubProblem
          problem={error}
          title={t('discover.hub.failed')}
          onRetry={() => void search()}
        />
      )}
      {models === undefined && asking === 'list' && <RowsSkeleton count={6} />}
      {models !== undefined && <Results />}
    </PageSection>
  );
}

function Results() {
  const { t } = useTranslation();
  const { models = [], cursor, asking, error } = useHubSearch();
  if (models.length === 0) return error === undefined ? <NoResults /> : null;
  return (
    <div aria-busy={asking === 'list'}>
      <HubTable models={models} />
      {cursor !== undefined && (
        <p className={styles['more']}>
          <Button
            busyLabel={asking === 'more' ? t('discover.hub.fetching') : undefined}
            onClick={() => void showMore()}
          >
            {t('discover.hub.more')}
          </Button>
        </p>
      )}
      <p role="status" className="visually-hidden">
        {asking === 'no' ? t('discover.hub.shown', { count: models.length }) : ''}
      </p>
    </div>
  );
}

function NoResults() {
  const { t } = useTranslation();
  const query = useHubSearch((state) => state.query.trim());
  return (
    <EmptyState
      title={t('discover.hub.noneTitle')}
      action={
        <Button
          onClick={() => {
            setQuery('');
            setFilters({ ...openQuestion, format: undefined });
          }}
        >
          {t('discover.hub.clearAll')}
        </Button>
      }
    >
      {query === '' ? t('discover.hub.noneFiltered') : t('discover.hub.none', { query })}
    </EmptyState>
  );
}
