const storageKey = 'millpond.hidden-finds';

/** Which finds this browser need not be told about again; undefined where its storage is closed to us. */
export function readHiddenFinds(): string | undefined {
  try {
    return localStorage.getItem(storageKey) ?? undefined;
  } catch {
    return undefined;
  }
}

export function saveHiddenFinds(key: string): void {
  try {
    localStorage.setItem(storageKey, key);
  } catch {
    // Hidden until the page is opened again, which is all that can be done.
  }
}
