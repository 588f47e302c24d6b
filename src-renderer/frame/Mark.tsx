import styles from './Mark.module.css';

/** The sign: a basin, its level and its sill. */
export function Mark() {
  return (
    <svg aria-hidden viewBox="0 0 20 20" width="20" height="20" fill="none">
      <path className={styles['level']} d="M3.5 11h8v5.5h-7a1 1 0 0 1-1-1z" />
      <path
        className={styles['basin']}
        d="M2.75 2.5V15a2.25 2.25 0 0 0 2.25 2.25h10A2.25 2.25 0 0 0 17.25 15V2.5M11.5 7.5v9.5"
      />
    </svg>
  );
}
