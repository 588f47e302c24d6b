import { useTranslation } from 'react-i18next';
import { usePools } from '../../../state/pools.ts';
import { CheckList } from '../../../ui/CheckList.tsx';

export interface PoolsFieldProps {
  readonly chosen: readonly string[];
  readonly hint: string;
  readonly onChange: (chosen: readonly string[]) => void;
}

/** The pools held here that somebody may ask; nothing where there is none. */
export function PoolsField({ chosen, hint, onChange }: PoolsFieldProps) {
  const { t } = useTranslation();
  const pools = usePools((state) => state.pools) ?? [];
  if (pools.length === 0) return null;
  return (
    <CheckList
      label={t('people.pools.label')}
      hint={hint}
      options={pools.map(({ id, name }) => ({ value: id, label: name }))}
      {...{ chosen, onChange }}
    />
  );
}
