import type { ServerStatus } from '../../../api.ts';

/**
 * A way to this gateway.
 * - `local` tools on the machine of this window · `joined` any machine whose Millpond has joined the pool:
 *   its own loopback hands on, encrypted · `public` from elsewhere, over TLS
 */
export type WayKind = 'local' | 'joined' | 'public';

export interface Way {
  readonly kind: WayKind;
  /** Without a path, such as `http://127.0.0.1:8484`. */
  readonly origin: string;
  /** Tools that come this way may ask without a key. */
  readonly keyless: boolean;
  /** Who vouches for it; absent where there is no TLS. */
  readonly certificate?: 'public' | 'own' | 'unknown';
}

/** Where a joined app listens unless somebody has moved it. */
const joinedOrigin = 'http://127.0.0.1:8484';

/** `https://host:8443/v1` without its path; undefined for what is no address. */
export function originOf(url: string | undefined): string | undefined {
  return url === undefined || !URL.canParse(url) ? undefined : new URL(url).origin;
}

export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/u.test(hostname);
}

/** The ways that work from where this window is, the best one first. */
export function waysTo(
  server: Pick<ServerStatus, 'openaiUrl' | 'keyless' | 'publicUrl' | 'publicCertificate'>,
  page: { readonly hostname: string; readonly origin: string },
): readonly Way[] {
  const isHere = isLoopback(page.hostname);
  const local = originOf(server.openaiUrl);
  const open = isHere ? originOf(server.publicUrl) : page.origin;
  return [
    ...(isHere && local !== undefined
      ? [{ kind: 'local', origin: local, keyless: server.keyless } as const]
      : []),
    ...(isHere ? [] : [{ kind: 'joined', origin: joinedOrigin, keyless: true } as const]),
    ...(open?.startsWith('https:') === true
      ? [
          {
            ...({ kind: 'public', origin: open, keyless: false } as const),
            certificate: server.publicCertificate?.kind ?? ('unknown' as const),
          },
        ]
      : []),
  ];
}

/** The address that other people open in a browser. */
export function addressForPeople(
  server: Pick<ServerStatus, 'publicUrl'> | undefined,
  page: { readonly hostname: string; readonly origin: string },
): string {
  if (!isLoopback(page.hostname)) return page.origin;
  return originOf(server?.publicUrl) ?? page.origin;
}
