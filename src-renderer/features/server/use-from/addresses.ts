import type { ServerStatus } from '../../../api.ts';

/**
 * A way to this gateway.
 * - `local` tools on the machine of this window · `joined` any machine whose Millpond has joined the pool:
 *   its own loopback hands on, encrypted · `public` from elsewhere, over TLS
 */
export type WayKind = 'local' | 'joined' | 'public';

export interface Way {
  readonly kind: WayKind;
  /** What stands before `/v1`, such as `http://127.0.0.1:8484`. */
  readonly url: string;
  /** Tools that come this way may ask without a key. */
  readonly keyless: boolean;
  /** Who vouches for it; absent where there is no TLS. */
  readonly certificate?: 'public' | 'own' | 'unknown';
}

/** Where a joined app listens unless somebody has moved it. */
const joinedUrl = 'http://127.0.0.1:8484';

/** `https://host:8443/millpond/v1` without its `/v1`; undefined for what is no address. */
export function rootOf(url: string | undefined): string | undefined {
  if (url === undefined || !URL.canParse(url)) return undefined;
  const { origin, pathname } = new URL(url);
  return origin + pathname.replace(/(?:\/v1)?\/*$/u, '');
}

/** The window's own address. */
export interface PageAddress {
  readonly hostname: string;
  /** Of the gateway that serves it. */
  readonly url: string;
}

export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/u.test(hostname);
}

/** The ways that work from where this window is, the best one first. */
export function waysTo(
  server: Pick<ServerStatus, 'openaiUrl' | 'keyless' | 'publicUrl' | 'publicCertificate'>,
  page: PageAddress,
): readonly Way[] {
  const isHere = isLoopback(page.hostname);
  const local = rootOf(server.openaiUrl);
  const open = isHere ? rootOf(server.publicUrl) : page.url;
  return [
    ...(isHere && local !== undefined
      ? [{ kind: 'local', url: local, keyless: server.keyless } as const]
      : []),
    ...(isHere ? [] : [{ kind: 'joined', url: joinedUrl, keyless: true } as const]),
    ...(open?.startsWith('https:') === true
      ? [
          {
            ...({ kind: 'public', url: open, keyless: false } as const),
            certificate: server.publicCertificate?.kind ?? ('unknown' as const),
          },
        ]
      : []),
  ];
}

/** The address that other people open in a browser. */
export function addressForPeople(
  server: Pick<ServerStatus, 'publicUrl'> | undefined,
  page: PageAddress,
): string {
  if (!isLoopback(page.hostname)) return page.url;
  return rootOf(server?.publicUrl) ?? page.url;
}
