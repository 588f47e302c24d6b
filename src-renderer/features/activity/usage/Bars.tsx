import type { ChartFrame } from './chart-frame.ts';
import type { Column } from './chart-series.ts';
import styles from './Chart.module.css';

export interface BarsProps {
  readonly columns: readonly Column[];
  readonly frame: ChartFrame;
  /** The bar that is being read. */
  readonly read: number | undefined;
}

/** The gap between the parts of a bar, which keeps them apart without colour. */
const gapPx = 1.5;

export function Bars({ columns, frame, read }: BarsProps) {
  return (
    <>
      {columns.map(({ parts }, index) => (
        <g
          // Bars are never reordered.
          key={index}
          className={styles['bar']}
          data-dimmed={(read !== undefined && read !== index) || undefined}
        >
          {parts.map(({ slot, from, to }) => {
            const [top, bottom] = [frame.yOf(to), frame.yOf(from)];
            const gap = from === 0 ? 0 : gapPx;
            return (
              <rect
                key={slot}
                data-slot={slot}
                x={frame.xOf(index)}
                y={top}
                width={frame.barWidth}
                // However little it is, it is seen.
                height={Math.max(1, bottom - top - gap)}
              />
            );
          })}
        </g>
      ))}
    </>
  );
}
