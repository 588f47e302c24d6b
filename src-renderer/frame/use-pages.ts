import { useMe } from '../state/me.ts';
import { isPageFor, pages } from './pages.ts';
import type { PageEntry } from './pages.ts';

/** The pages of whoever is signed in; all of them until that is known. */
export function usePages(): readonly PageEntry[] {
  const role = useMe(({ me }) => me?.role ?? 'owner');
  return pages.filter(({ page }) => isPageFor(page, role));
}
