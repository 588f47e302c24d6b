/** One version's part of CHANGELOG.md, without its heading. Throws one sentence when there is none. */
export function notesOf(changelog: string, version: string): { notes: string; date?: string } {
  const lines = changelog.split('\n');
  const isHeading = (line: string): boolean => line.startsWith('## ');
  const start = lines.findIndex((line) => isHeading(line) && headingVersion(line) === version);
  if (start < 0) {
    throw new Error(
      `CHANGELOG.md has no part for ${version}; add "## ${version}, 2026-01-31" with what changed.`,
    );
  }
  const length = lines.slice(start + 1).findIndex(isHeading);
  const part = lines.slice(start + 1, length < 0 ? undefined : start + 1 + length);
  const date = /\d{4}-\d{2}-\d{2}/.exec(lines[start] ?? '')?.[0];
  return { notes: part.join('\n').trim(), ...(date !== undefined && { date }) };
}

function headingVersion(line: string): string | undefined {
  return /^## \[?([^\],\s]+)/.exec(line)?.[1];
}
