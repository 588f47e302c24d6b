/**
 * Where the window lies on its site: empty, or such as `/millpond` behind a reverse proxy. The server writes it
 * into the page; it never ends with a slash.
 */
export const basePath: string =
  // Tests of pure functions run without a page.
  typeof document === 'undefined' ? '' : (document.documentElement.dataset['basePath'] ?? '');

/** The path below the base, as the router knows it. */
export function belowBase(pathname: string, base: string = basePath): string {
  const isBelow = pathname === base || pathname.startsWith(`${base}/`);
  return isBelow ? pathname.slice(base.length) : pathname;
}

/** The address of the gateway that serves this page, without a slash at its end. */
export function gatewayUrl({ origin }: { readonly origin: string } = globalThis.location): string {
  return origin + basePath;
}
