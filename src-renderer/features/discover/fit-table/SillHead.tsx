import type { CSSProperties } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../i18n/format.ts';
import { classNames } from '../../../ui/class-names.ts';
import { shareOfScale } from '../../../ui/fit-scale.ts';
import type { FitScale } from '../../../ui/fit-scale.ts';
import { HeadCell } from '../../../ui/Table.tsx';
import styles from './SillHead.module.css';

export interface SillHeadProps {
  /** Undefined while nothing was worked out. */
  readonly scale: FitScale | undefined;
  readonly hasUnifiedMemory: boolean;
}

interface Sill {
  readonly kind: 'graphics' | 'withMemory' | 'unified' | 'memory';
  readonly bytes: number;
}

/** From left to right. */
function sillsOf(scale: FitScale, hasUnifiedMemory: boolean): readonly Sill[] {
  if (scale.gpuBytes === undefined) {
    return [{ kind: hasUnifiedMemory ? 'unified' : 'memory', bytes: scale.limitBytes }];
  }
  return [
    { kind: 'graphics', bytes: scale.gpuBytes },
    { kind: 'withMemory', bytes: scale.limitBytes },
  ];
}

/** Below this share of the scale between them the words of two sills would overlap. */
const closeShare = 0.32;

/** The column head of the levels: what each sill is, right above it. */
export function SillHead({ scale, hasUnifiedMemory }: SillHeadProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const sills = scale === undefined ? [] : sillsOf(scale, hasUnifiedMemory);
  const shareOf = ({ bytes }: Sill) => (scale === undefined ? 0 : shareOfScale(scale, bytes));
  const [first, second] = sills;
  const isClose =
    first !== undefined && second !== undefined && shareOf(second) - shareOf(first) < closeShare;
  return (
    <HeadCell data-wide className={styles['head']}>
      {sills.map((sill) => (
        <span
          key={sill.kind}
          className={classNames(
            styles['sill'],
            isClose && styles[sill === first ? 'before' : 'after'],
          )}
          style={{ '--at': `${String(shareOf(sill) * 100)}%` } as CSSProperties}
        >
          <b>{format.memory(sill.bytes)}</b> {t(`discover.sill.${sill.kind}`)}
        </span>
      ))}
      {scale === undefined && <span className="visually-hidden">{t('discover.column.level')}</span>}
    </HeadCell>
  );
}

/** The same words above a narrow table, where the levels have no head. */
export function SillLegend({ scale, hasUnifiedMemory }: SillHeadProps) {
  const { t } = useTranslation();
  const format = useFormat();
  if (scale === undefined) return null;
  return (
    <p className={styles['legend']}>
      {sillsOf(scale, hasUnifiedMemory).map(({ kind, bytes }) => (
        <span key={kind} className={styles[kind === 'withMemory' ? 'dashed' : 'solid']}>
          {format.memory(bytes)} {t(`discover.sill.${kind}`)}
        </span>
      ))}
    </p>
  );
}
