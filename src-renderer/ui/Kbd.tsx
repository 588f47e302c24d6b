import { isMac, keyNames } from './shortcut-keys.ts';
import styles from './Kbd.module.css';

export interface KbdProps {
  /** Such as `mod+K`. */
  readonly keys: string;
}

/** A key combination as it is printed on this machine's keyboard. */
export function Kbd({ keys }: KbdProps) {
  return <kbd className={styles['keys']}>{keyNames(keys, isMac).join(isMac ? '' : ' ')}</kbd>;
}
