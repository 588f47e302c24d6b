import { useEffect, useState } from 'react';
import { api } from '../../api.ts';
import type { Welcome } from '../../api.ts';

export interface WelcomeState {
  /** Undefined where the gateway does not tell: the ways of its own machine still work. */
  readonly welcome: Welcome | undefined;
  readonly isKnown: boolean;
}

/** What the gateway tells whoever is not signed in. */
export function useWelcome(): WelcomeState {
  const [state, setState] = useState<WelcomeState>({ welcome: undefined, isKnown: false });
  useEffect(() => {
    const left = new AbortController();
    void api.session.welcome({}, { signal: left.signal }).then(
      (welcome) => {
        if (!left.signal.aborted) setState({ welcome, isKnown: true });
      },
      () => {
        if (!left.signal.aborted) setState({ welcome: undefined, isKnown: true });
      },
    );
    return () => {
      left.abort();
    };
  }, []);
  return state;
}
