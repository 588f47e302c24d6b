/**
 * A `ref` for the body of a table: Up and Down move between the rows whose main control carries
 * `data-row-focus`; Home and End go to the first and the last.
 */
export function rowKeys(body: HTMLElement | null): (() => void) | undefined {
  if (body === null) return undefined;
  const move = (event: KeyboardEvent) => {
    const rows = [...body.querySelectorAll<HTMLElement>('[data-row-focus]')];
    const at = rows.findIndex((row) => row === document.activeElement);
    const target = at === -1 ? undefined : rows[rowAfter(event.key, at, rows.length)];
    if (target === undefined) return;
    event.preventDefault();
    target.focus();
  };
  body.addEventListener('keydown', move);
  return () => {
    body.removeEventListener('keydown', move);
  };
}

/** The row that a key leads to from row `at`; -1 when it leads nowhere. */
export function rowAfter(key: string, at: number, count: number): number {
  switch (key) {
    case 'ArrowDown':
      return at + 1 < count ? at + 1 : -1;
    case 'ArrowUp':
      return at - 1;
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return -1;
  }
}
