/** Where a line and column (both from 1) stand in a text; the end of the line or text at most. */
export function offsetOf(text: string, line: number, column: number): number {
  const lines = text.split('\n');
  const before = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
  const width = lines[line - 1]?.length ?? 0;
  return Math.min(text.length, before + Math.min(Math.max(column - 1, 0), width));
}
