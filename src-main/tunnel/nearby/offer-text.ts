/** What a gateway says of itself on the network. An offer and nothing more: words decide. */
export interface Announcement {
  readonly poolName: string;
  readonly ownerName: string;
  readonly gatewayName: string;
  readonly version: string;
  /** SHA-256 of its CA's SPKI, base64url: a second gateway cannot slip in between two words. */
  readonly spki: string;
}

/** Bytes of a value; a TXT string holds 255 with its key. */
const mostBytes = 200;
/** Letters of a name as it is shown. */
const longestName = 60;
const pin = /^[\w-]{43}$/;

/** As it goes into TXT records. */
export function formatAnnouncement(about: Announcement): Readonly<Record<string, string>> {
  return {
    v: '1',
    pool: cut(about.poolName),
    owner: cut(about.ownerName),
    gateway: cut(about.gatewayName),
    version: cut(about.version),
    spki: about.spki,
  };
}

/** Undefined for anything that is not an announcement; names lose whatever could deceive an eye. */
export function parseAnnouncement(text: unknown): Announcement | undefined {
  if (typeof text !== 'object' || text === null) return undefined;
  const fields = new Map<string, unknown>(Object.entries(text));
  const field = (name: string): string => {
    const value = fields.get(name);
    return typeof value === 'string' ? tidy(value) : '';
  };
  const spki = field('spki');
  const poolName = field('pool');
  if (field('v') !== '1' || poolName === '' || !pin.test(spki)) return undefined;
  return {
    ...{ poolName, spki },
    ownerName: field('owner'),
    gatewayName: field('gateway'),
    version: field('version'),
  };
}

/** One line of plain letters: no control, direction or invisible characters. */
function tidy(value: string): string {
  const plain = value
    .slice(0, mostBytes)
    .replaceAll(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu, '');
  return lettersOf(plain.trim()).slice(0, longestName).join('');
}

function cut(value: string): string {
  let text = tidy(value);
  while (Buffer.byteLength(text) > mostBytes) text = lettersOf(text).slice(0, -1).join('');
  return text;
}

/** Whole letters: none of them is cut in two. */
function lettersOf(text: string): readonly string[] {
  return Array.from(new Intl.Segmenter().segment(text), ({ segment }) => segment);
}
