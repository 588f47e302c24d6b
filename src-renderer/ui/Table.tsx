import type { ReactNode, TdHTMLAttributes, ThHTMLAttributes } from 'react';
import { ChevronDown, ChevronUp } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { classNames } from './class-names.ts';
import { Icon } from './Icon.tsx';
import styles from './Table.module.css';

export interface TableProps {
  /** Spoken name. */
  readonly label: string;
  readonly children: ReactNode;
  readonly className?: string | undefined;
}

/** A real table that scrolls sideways in its own box when nothing else helps. */
export function Table({ label, children, className }: TableProps) {
  return (
    <div className={styles['scroll']}>
      <table aria-label={label} className={classNames(styles['table'], className)}>
        {children}
      </table>
    </div>
  );
}

export interface SortState<Column extends string> {
  readonly column: Column;
  readonly direction: 'ascending' | 'descending';
}

export interface HeadCellProps extends ThHTMLAttributes<HTMLTableCellElement> {
  /** Figures stand at the right. */
  readonly isFigure?: boolean;
}

export function HeadCell({ isFigure = false, className, ...rest }: HeadCellProps) {
  return (
    <th
      scope="col"
      {...rest}
      className={classNames(styles['head'], isFigure && styles['figure'], className)}
    />
  );
}

/** The head of the column of buttons: its name is spoken and not shown. */
export function ActionsHeadCell() {
  const { t } = useTranslation();
  return (
    <HeadCell>
      <span className="visually-hidden">{t('common.actions')}</span>
    </HeadCell>
  );
}

export interface SortableHeadCellProps<Column extends string> extends HeadCellProps {
  readonly column: Column;
  readonly sort: SortState<Column>;
  readonly onSort: (sort: SortState<Column>) => void;
  readonly children: string;
}

/** A column head that sorts; a second press turns the order round. */
export function SortableHeadCell<Column extends string>({
  column,
  sort,
  onSort,
  children,
  ...rest
}: SortableHeadCellProps<Column>) {
  const isActive = sort.column === column;
  return (
    <HeadCell {...rest} aria-sort={isActive ? sort.direction : 'none'}>
      <button
        type="button"
        className={styles['sort']}
        onClick={() => {
          const turned = sort.direction === 'ascending' ? 'descending' : 'ascending';
          onSort({ column, direction: isActive ? turned : 'ascending' });
        }}
      >
        {children}
        {isActive && (
          <Icon of={sort.direction === 'ascending' ? ChevronUp : ChevronDown} size={14} />
        )}
      </button>
    </HeadCell>
  );
}

export interface CellProps extends TdHTMLAttributes<HTMLTableCellElement> {
  readonly isFigure?: boolean;
}

export function Cell({ isFigure = false, className, ...rest }: CellProps) {
  return (
    <td {...rest} className={classNames(styles['cell'], isFigure && styles['figure'], className)} />
  );
}
