/** The port that was typed: 0 picks a free one. Undefined for what is no port. */
export function parsePort(text: string): number | undefined {
  const trimmed = text.trim();
  const port = /^\d{1,5}$/.test(trimmed) ? Number(trimmed) : Number.NaN;
  return port <= 65_535 ? port : undefined;
}
