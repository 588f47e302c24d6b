import { useTranslation } from 'react-i18next';

export interface RunningCountProps {
  readonly count: number;
  readonly className: string | undefined;
}

/** A small number beside a page's name; absent while nothing runs there. */
export function RunningCount({ count, className }: RunningCountProps) {
  const { t } = useTranslation();
  if (count === 0) return null;
  return (
    <span className={className}>
      <span aria-hidden>{count}</span>
      <span className="visually-hidden">{t('frame.running', { count })}</span>
    </span>
  );
}
