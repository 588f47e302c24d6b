export const importModes = ['link', 'copy', 'move'] as const;
export type ImportMode = (typeof importModes)[number];

/** One path a line; quotes, as file managers put them around copied paths, are taken off. */
export function pathsIn(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trim().replace(/^(["'])(.*)\1$/, '$2'))
    .filter((path) => path !== '');
}
