import type { Slot } from './chart-series.ts';
import styles from './Chart.module.css';

/** The colour of a series beside its name. */
export function Swatch({ slot }: { readonly slot: Slot }) {
  return <span aria-hidden data-slot={slot} className={styles['swatch']} />;
}
