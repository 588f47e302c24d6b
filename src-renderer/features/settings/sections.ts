export const sectionNames = [
  ...(['general', 'models', 'hub', 'privacy'] as const),
  ...([
    'server',
    'gateway',
    'alerts',
    'desktop',
    'machine',
    'updates',
    'data',
    'help',
    'about',
  ] as const),
] as const;
export type SectionName = (typeof sectionNames)[number];

/** The sections that exist here: *Desktop* has effects only inside the desktop shell. */
export function sectionsFor(isDesktop: boolean): readonly SectionName[] {
  return sectionNames.filter((name) => name !== 'desktop' || isDesktop);
}

/** The section that a path names; undefined for a name that does not exist here. */
export function sectionOf(
  name: string | undefined,
  sections: readonly SectionName[],
): SectionName | undefined {
  return sections.find((section) => section === name);
}
