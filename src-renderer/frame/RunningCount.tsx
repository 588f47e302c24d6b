import { useTranslation } from 'react-i18next';
import type { PageName } from '../router.ts';

export interface RunningCountProps {
  readonly page: PageName;
  readonly count: number;
  readonly className: string | undefined;
}

/** A small number beside a page's name: what runs there, or who waits; absent at none. */
export function RunningCount({ page, count, className }: RunningCountProps) {
  const { t } = useTranslation();
  if (count === 0) return null;
  return (
    <span className={className}>
      <span aria-hidden>{count}</span>
      <span className="visually-hidden">
        {page === 'pool' ? t('frame.waits', { count }) : t('frame.running', { count })}
      </span>
    </span>
  );
}
