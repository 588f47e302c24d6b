import { useEffect } from 'react';
import { followProviders, useProviders } from '../../../state/providers.ts';

/** The providers, kept true while somebody looks at them. */
export function useFollowedProviders() {
  useEffect(followProviders, []);
  return useProviders();
}
