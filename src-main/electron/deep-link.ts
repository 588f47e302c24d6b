import type { ShellText } from './shell-text.ts';

const longestLink = 4096;

/** The first `millpond://` address among the arguments, if it is one at all. */
export function deepLinkIn(argv: readonly string[]): URL | undefined {
  const text = argv.find((word) => word.startsWith('millpond://'));
  if (text === undefined || text.length > longestLink || !URL.canParse(text)) return undefined;
  return new URL(text);
}

/**
 * What a link asks for, in words a person confirms. A link never acts by itself, and what it names
 * is shown as it is. Undefined for links this version does not know.
 */
export function joinQuestion(
  link: URL,
  text: ShellText,
): { readonly title: string; readonly detail: string } | undefined {
  if (link.hostname !== 'join') return undefined;
  const gateway = link.searchParams.get('gateway') ?? '';
  if (!URL.canParse(gateway)) return undefined;
  return { title: text.linkTitle, detail: text.linkDetail(new URL(gateway).host) };
}
