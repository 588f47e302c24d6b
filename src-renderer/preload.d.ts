/**
 * What only the desktop shell can do. Absent in a browser, where the same app runs without it;
 * everything here is an extra, never the only way.
 */
interface MillpondShell {
  readonly platform: 'darwin' | 'linux' | 'win32';
  /** A menu item or deep link asks for a path such as `/models`. Returns the way to stop listening. */
  onNavigate(listener: (path: string) => void): () => void;
}

interface Window {
  readonly millpondShell?: MillpondShell;
}
