import type { CSSProperties } from 'react';

/** What the drawing gives each box. */
export interface BoxProps {
  /** Lines and arrow keys know it by this. */
  readonly boxKey: string;
  /** Its place in the drawing; narrow windows put boxes one under the other instead. */
  readonly style: CSSProperties;
}
