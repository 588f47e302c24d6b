import { useTranslation } from 'react-i18next';
import { Button } from '../../ui/Button.tsx';
import { Chip } from '../../ui/Chip.tsx';
import { stateFilters } from './activity-filter.ts';
import type { ActivityFilter } from './activity-filter.ts';
import styles from './ActivityFilters.module.css';

export interface ActivityFiltersProps {
  readonly filter: ActivityFilter;
  readonly onChange: (filter: ActivityFilter) => void;
}

export function ActivityFilters({ filter, onChange }: ActivityFiltersProps) {
  const { t } = useTranslation();
  const isFiltered = filter.state !== undefined || filter.search !== '';
  return (
    <div role="group" aria-label={t('activity.filters')} className={styles['filters']}>
      {stateFilters.map((state) => (
        <Chip
          key={state}
          isActive={filter.state === state}
          onClick={() => {
            onChange({ ...filter, state: filter.state === state ? undefined : state });
          }}
        >
          {t(`activity.filter.${state}`)}
        </Chip>
      ))}
      {isFiltered && (
        <Button
          variant="quiet"
          size="row"
          onClick={() => {
            onChange({ state: undefined, search: '' });
          }}
        >
          {t('common.clear')}
        </Button>
      )}
    </div>
  );
}
