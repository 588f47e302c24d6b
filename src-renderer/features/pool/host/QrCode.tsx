import styles from './QrCode.module.css';

/** Modules of white around the code that readers need. */
const quietZone = 4;

export interface QrCodeProps {
  /** SVG path of the dark modules. */
  readonly path: string;
  /** Modules on one side. */
  readonly size: number;
  readonly label: string;
}

/** Dark on white in both themes: readers expect it so. */
export function QrCode({ path, size, label }: QrCodeProps) {
  const side = size + 2 * quietZone;
  const box = [-quietZone, -quietZone, side, side].map(String).join(' ');
  return (
    <svg role="img" aria-label={label} viewBox={box} className={styles['code']}>
      <path d={path} shapeRendering="crispEdges" />
    </svg>
  );
}
