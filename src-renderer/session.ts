/** The part of `Storage` that is needed here, so that tests can hand in a map. */
export interface KeyValueStore {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

const bearerKey = 'millpond.bearer';

/**
 * Keeps this origin's bearer: the tab's own copy wins, the shared one signs in new tabs. Never a
 * cookie, because cookies of a loopback host are sent to every port of it.
 */
export function createBearerStore(tab: KeyValueStore, origin: KeyValueStore) {
  return {
    read: (): string | undefined =>
      tab.getItem(bearerKey) ?? origin.getItem(bearerKey) ?? undefined,
    save(token: string): void {
      tab.setItem(bearerKey, token);
      origin.setItem(bearerKey, token);
    },
    /** Forgets a refused bearer, but keeps a newer one that another tab has stored meanwhile. */
    forget(token: string | undefined): void {
      tab.removeItem(bearerKey);
      if (token === undefined || origin.getItem(bearerKey) === token) origin.removeItem(bearerKey);
    },
  };
}

export type BearerStore = ReturnType<typeof createBearerStore>;

/** The one-time login code of an address such as `http://127.0.0.1:8484/#code=abc`. */
export function loginCodeOf(fragment: string): string | undefined {
  const code = new URLSearchParams(fragment.replace(/^#/, '')).get('code');
  return code === null || code === '' ? undefined : code;
}
