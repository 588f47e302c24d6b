/**
 * What only the desktop shell can do. Absent in a browser, where the same app runs without it;
 * everything here is an extra, never the only way.
 */
interface MillpondShell {
  readonly platform: string;
  /** Where a dropped file lies; empty for one that lies nowhere. Absent in older shells. */
  readonly pathOf?: (file: File) => string;
  /** Calls back when the native menu or tray asks for a view, such as `/models`. */
  onNavigate(listener: (path: string) => void): void;
}

interface Window {
  readonly millpondShell?: MillpondShell;
}
