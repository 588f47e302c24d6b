import type { FileLocator } from '../../models/download/ports.ts';

/** A locator whose endpoint and token a test may change while downloads run. */
export interface TestLocator extends FileLocator {
  /** From now on files are asked for there. */
  moveTo(origin: string, token?: string): void;
}

export function createTestLocator(firstOrigin: string, firstToken?: string): TestLocator {
  let origin = firstOrigin;
  let token = firstToken;
  const listeners = new Set<() => void>();
  return {
    locate: ({ repo, commit, path }) => ({
      url: `${origin}/${repo}/resolve/${commit}/${path.split('/').map(encodeURIComponent).join('/')}`,
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    }),
    onChanged(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    moveTo(newOrigin, newToken) {
      origin = newOrigin;
      token = newToken;
      for (const listener of listeners) listener();
    },
  };
}
