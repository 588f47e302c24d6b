/** What `npm start` found out about this machine. */
export interface DesktopSituation {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly isRoot: boolean;
}

/** Why there can be no desktop window here, in words that end a sentence; undefined when there can. */
export function reasonAgainstDesktop({
  platform,
  env,
  isRoot,
}: DesktopSituation): string | undefined {
  if (env['MILLPOND_BROWSER'] === '1') return 'MILLPOND_BROWSER asks for the browser';
  if (platform !== 'linux') return undefined;
  const hasDisplay = [env['DISPLAY'], env['WAYLAND_DISPLAY']].some((name) => Boolean(name));
  if (!hasDisplay) return 'this session has no display';
  // Chromium refuses its sandbox to root, and Millpond's window never runs without one.
  if (isRoot) return 'the window’s sandbox does not run as root';
  return undefined;
}
