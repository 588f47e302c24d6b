/** A model as people name it outside Millpond. */
export interface HubAddress {
  /** `org/name`. */
  readonly repo: string;
  readonly variant?: string;
}

const namePattern = /^[\w][\w.-]{0,95}$/;
const variantPattern = /^[\w][\w.-]{0,63}$/;
const hubHosts: ReadonlySet<string> = new Set(['huggingface.co', 'www.huggingface.co', 'hf.co']);
/** First parts of a hub's paths that are no author. */
const otherPages: ReadonlySet<string> = new Set([
  'api',
  'blog',
  'collections',
  'datasets',
  'docs',
  'join',
  'login',
  'models',
  'organizations',
  'papers',
  'pricing',
  'settings',
  'spaces',
  'tasks',
]);

/**
 * The model that a text names: `hf:org/repo`, `hf.co/org/repo:Q4_K_M`, `org/repo` or the address of
 * its page on the hub or on one of `endpoints`. Undefined for anything else, which is then a search.
 */
export function parseHubAddress(
  text: string,
  endpoints: readonly string[] = [],
): HubAddress | undefined {
  const trimmed = text.trim();
  const short = /^hf:(?:\/\/)?(.+)$/i.exec(trimmed)?.[1];
  if (short !== undefined) return parseName(short);
  const page = parsePage(trimmed, endpoints);
  if (page !== undefined) return page;
  return /^[\w.-]+:\/\//.test(trimmed) ? undefined : parseName(trimmed);
}

/** `org/name` or `org/name:variant`. */
function parseName(text: string): HubAddress | undefined {
  const [path = '', variant, ...more] = text.split(':');
  const [author = '', name = '', ...rest] = path.split('/');
  if (more.length > 0 || rest.length > 0) return undefined;
  return addressOf(author, name, variant);
}

/** The address of a page, with or without its scheme, and with whatever stands behind the name. */
function parsePage(text: string, endpoints: readonly string[]): HubAddress | undefined {
  const hasScheme = /^https?:\/\//i.test(text);
  const url = URL.parse(hasScheme ? text : `https://${text}`);
  if (url === null) return undefined;
  const isKnown =
    hubHosts.has(url.hostname) || endpoints.some((known) => URL.parse(known)?.host === url.host);
  if (!isKnown) return undefined;
  const [author = '', last = ''] = url.pathname.split('/').filter((part) => part !== '');
  const [name = '', variant] = decoded(last).split(':');
  return addressOf(decoded(author), name, variant);
}

function addressOf(
  author: string,
  name: string,
  variant: string | undefined,
): HubAddress | undefined {
  if (!namePattern.test(author) || !namePattern.test(name)) return undefined;
  if (otherPages.has(author.toLowerCase())) return undefined;
  if (variant !== undefined && !variantPattern.test(variant)) return undefined;
  return { repo: `${author}/${name}`, ...(variant !== undefined && { variant }) };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // A stray percent sign; no name has one, so it is refused right after.
  }
}
