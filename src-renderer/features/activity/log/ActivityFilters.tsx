import { useTranslation } from 'react-i18next';
import { useMemberships } from '../../../state/memberships.ts';
import { usePools } from '../../../state/pools.ts';
import { Button } from '../../../ui/Button.tsx';
import { Chip } from '../../../ui/Chip.tsx';
import { Select } from '../../../ui/Select.tsx';
import { facets, isFiltered, stateFilters } from './activity-filter.ts';
import type { ActivityFilter, FacetChoices } from './activity-filter.ts';
import styles from './ActivityFilters.module.css';

export interface ActivityFiltersProps {
  readonly filter: ActivityFilter;
  readonly choices: FacetChoices;
  readonly onChange: (filter: ActivityFilter) => void;
}

export function ActivityFilters({ filter, choices, onChange }: ActivityFiltersProps) {
  const { t } = useTranslation();
  const pools = usePlaces();
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
      {pools.map(({ id, name }) => (
        <Chip
          key={id}
          isActive={filter.poolId === id}
          onClick={() => {
            onChange({ ...filter, poolId: filter.poolId === id ? undefined : id });
          }}
        >
          {t('activity.filter.pool', { name })}
        </Chip>
      ))}
      <FacetSelects {...{ filter, choices, onChange }} />
      {isFiltered(filter) && (
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

/** Only what can be told apart here: where all came from one machine, there is nothing to choose. */
function FacetSelects({ filter, choices, onChange }: ActivityFiltersProps) {
  const { t } = useTranslation();
  return facets
    .filter((facet) => choices[facet].size > 1 || filter[facet] !== undefined)
    .map((facet) => (
      <Select
        key={facet}
        className={styles['facet']}
        data-active={filter[facet] !== undefined || undefined}
        aria-label={t(`activity.facet.${facet}`)}
        value={filter[facet] ?? ''}
        options={[
          { value: '', label: t(`activity.any.${facet}`) },
          ...[...choices[facet]]
            .toSorted(([, a], [, b]) => a.localeCompare(b))
            .map(([value, label]) => ({ value, label })),
        ]}
        onChange={(value) => {
          onChange({ ...filter, [facet]: value === '' ? undefined : value });
        }}
      />
    ));
}

/** The pools held here and those joined, by the id that a request names. */
function usePlaces(): readonly { readonly id: string; readonly name: string }[] {
  const pools = usePools((state) => state.pools) ?? [];
  const memberships = useMemberships((state) => state.memberships) ?? [];
  return [...pools, ...memberships.map(({ poolId, poolName }) => ({ id: poolId, name: poolName }))];
}
