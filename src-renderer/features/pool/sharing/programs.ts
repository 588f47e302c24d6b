/** What a list of programs holds at most. */
const mostPrograms = 50;
const longestName = 100;

/** Names as they were typed: commas or lines between them, each once without regard to case. */
export function programsIn(text: string): readonly string[] {
  const named = text
    .split(/[,;，、\n]+/)
    .map((name) => name.trim().slice(0, longestName))
    .filter((name) => name !== '');
  const once = new Map(named.map((name) => [name.toLowerCase(), name]));
  return [...once.values()].slice(0, mostPrograms);
}
