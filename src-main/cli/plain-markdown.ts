/** Markdown of a change log as a terminal shows it: no marks for headings, links or emphasis. */
export function plainMarkdown(markdown: string): string {
  return markdown
    .trim()
    .replaceAll(/^#{1,6}\s+/gm, '')
    .replaceAll(/!?\[([^\]]*)\]\(([^)\s]*)\)/g, '$1')
    .replaceAll(/(\*\*|__)(.+?)\1/g, '$2')
    .replaceAll(/^(\s*)[*+]\s+/gm, '$1- ')
    .replaceAll(/\n{3,}/g, '\n\n');
}
