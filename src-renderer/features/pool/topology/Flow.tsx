import { ArrowLeftRight, X } from 'lucide-react';
import type { CSSProperties } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from '../../../ui/Icon.tsx';
import styles from './Flow.module.css';
import { pathOf } from './layout.ts';
import type { PlacedEdge } from './layout.ts';

export interface FlowProps {
  readonly edges: readonly PlacedEdge[];
  readonly height: number;
}

/** Lines between two columns, as wide as the tokens that flow. A picture of what the boxes say. */
export function Flow({ edges, height }: FlowProps) {
  const { t } = useTranslation();
  return (
    <div aria-hidden className={styles['gutter']}>
      <svg
        viewBox={`0 0 100 ${String(Math.max(1, height))}`}
        preserveAspectRatio="none"
        className={styles['lines']}
      >
        {edges.map((edge) => (
          <path
            key={edge.id}
            d={pathOf(edge)}
            className={styles[edge.kind]}
            style={{ '--width': `${edge.width.toFixed(1)}px` } as CSSProperties}
          />
        ))}
      </svg>
      {edges.map((edge) => {
        if (edge.kind === 'lost') {
          return (
            <span key={edge.id} className={styles['end']} style={heightOf(edge.y2)}>
              <Icon of={X} />
            </span>
          );
        }
        return edge.moved === 0 ? null : (
          <span key={edge.id} className={styles['moved']} style={heightOf((edge.y1 + edge.y2) / 2)}>
            <span className={styles['sign']}>
              <Icon of={ArrowLeftRight} size={14} />
            </span>
            <span>{t('overview.takenOver', { count: edge.moved })}</span>
          </span>
        );
      })}
    </div>
  );
}

function heightOf(y: number): CSSProperties {
  return { '--y': `${String(y / 16)}rem` } as CSSProperties;
}
