import type { RequestRecord } from '../../../api.ts';

export interface ShownRows {
  readonly rows: readonly RequestRecord[];
  /** New requests that wait above the list. */
  readonly waiting: number;
}

/**
 * What may be drawn while somebody reads further down: rows that were there (`held`) change in place,
 * new ones wait behind a count. At the top of the list (`held` undefined) everything is shown.
 */
export function shownRows(
  requests: readonly RequestRecord[],
  held: ReadonlySet<string> | undefined,
): ShownRows {
  if (held === undefined) return { rows: requests, waiting: 0 };
  const rows = requests.filter((request) => held.has(request.id));
  return { rows, waiting: requests.length - rows.length };
}
