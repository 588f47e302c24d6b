/** Headings of the report's sections. */
const titles: Readonly<Record<string, string>> = {
  program: 'Program',
  findings: 'Findings',
  machine: 'Machine',
  models: 'Models',
  settings: 'Settings that were changed',
  errors: 'Recent errors',
  log: 'Log',
};

/** The report as the one file that a person reads and saves: Markdown that also reads well as plain text. */
export function reportText(
  sections: readonly { readonly id: string; readonly text: string }[],
): string {
  const parts = sections.map(({ id, text }) => `## ${titles[id] ?? id}\n\n${text}\n`);
  return ['# Report of Millpond\n', ...parts].join('\n');
}
