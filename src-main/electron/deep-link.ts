const longestLink = 4096;

/** The first `millpond://` address among the arguments, if it is one at all. */
export function deepLinkIn(argv: readonly string[]): URL | undefined {
  const text = argv.find((word) => word.startsWith('millpond://'));
  if (text === undefined || text.length > longestLink || !URL.canParse(text)) return undefined;
  return new URL(text);
}

/**
 * The view that asks about an invite. A link never acts by itself: the page names the pool, its gateway
 * and what may be done, and waits for a person. Undefined for links this version does not know.
 */
export function joinPath(link: URL): string | undefined {
  const code = /^\/([\w-]+)$/.exec(link.pathname)?.[1];
  return link.hostname === 'join' && code !== undefined ? `/join#${code}` : undefined;
}
