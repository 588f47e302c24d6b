import type { Settings } from '../api.ts';

const themeKey = 'millpond.theme';

/** Light, dark, or whatever the system says (no attribute). Remembered, so that the next start does not flash. */
export function applyTheme(theme: Settings['theme']): void {
  localStorage.setItem(themeKey, theme);
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
}

/** The theme of the last visit, until the settings arrive. */
export function applyRememberedTheme(): void {
  const theme = localStorage.getItem(themeKey);
  if (theme === 'light' || theme === 'dark') applyTheme(theme);
}
