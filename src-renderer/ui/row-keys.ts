import type { KeyboardEvent } from 'react';

/**
 * Up and Down move between the rows of a table whose main control carries `data-row-focus`;
 * Home and End go to the first and the last.
 */
export function moveBetweenRows(event: KeyboardEvent<HTMLElement>): void {
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-row-focus]')];
  const at = rows.findIndex((row) => row === document.activeElement);
  if (at === -1) return;
  const targets: Partial<Record<string, number>> = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    Home: 0,
    End: rows.length - 1,
  };
  const target = rows[targets[event.key] ?? -1];
  if (target === undefined) return;
  event.preventDefault();
  target.focus();
}
