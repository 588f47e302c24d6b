import type { WebContents } from 'electron';

/** Whether the window may show this address: only pages of the runtime that it was opened for. */
export function isOwnPage(url: string, origin: string): boolean {
  return URL.canParse(url) && new URL(url).origin === origin;
}

/** Whether a link may be handed to the system's browser. */
export function isWebLink(url: string): boolean {
  return URL.canParse(url) && ['https:', 'http:'].includes(new URL(url).protocol);
}

/**
 * The window never leaves the runtime's origin, opens no second window and gets no permission
 * but the clipboard's. Links go to the system's browser.
 */
export function lockDown(
  contents: WebContents,
  origin: string,
  openOutside: (url: string) => void,
): void {
  contents.setWindowOpenHandler(({ url }) => {
    if (isWebLink(url) && !isOwnPage(url, origin)) openOutside(url);
    return { action: 'deny' };
  });
  contents.on('will-navigate', (event, url) => {
    if (isOwnPage(url, origin)) return;
    event.preventDefault();
    if (isWebLink(url)) openOutside(url);
  });
  contents.session.setPermissionRequestHandler((_contents, permission, decide) => {
    // Alerts are told on the desktop; only Millpond's own page is ever loaded here.
    decide(permission === 'clipboard-sanitized-write' || permission === 'notifications');
  });
}
