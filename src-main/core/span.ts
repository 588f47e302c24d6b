const unitMs: Readonly<Record<string, number>> = {
  m: 60_000,
  h: 3600_000,
  d: 24 * 3600_000,
  w: 7 * 24 * 3600_000,
};

/** Milliseconds of `30m`, `12h`, `7d` or `2w`; `never` is infinite, anything else undefined. */
export function spanMs(text: string): number | undefined {
  if (text === 'never') return Infinity;
  const [, count = '', unit = ''] = /^(\d{1,4})([mhdw])$/.exec(text) ?? [];
  const ms = Number(count) * (unitMs[unit] ?? 0);
  return ms > 0 ? ms : undefined;
}
