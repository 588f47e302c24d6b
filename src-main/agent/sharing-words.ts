import type { SharingState } from '../core/node.ts';

/** What the owner reads about what the owner did. */
export const ownerWords = {
  usesIt: 'you are using the computer',
  pausedIt: 'you paused it',
  letItFinish: 'you let it finish',
} as const;

/** The same for everybody else. */
const memberWords = {
  usesIt: 'its owner is using the computer',
  pausedIt: 'its owner paused it',
  letItFinish: 'its owner let it finish',
} as const satisfies Record<keyof typeof ownerWords, string>;

/** A state as the members of a pool read it. */
export function forMembers(state: SharingState): SharingState {
  let { reason } = state;
  for (const [key, words] of Object.entries(ownerWords)) {
    reason = reason.replace(words, memberWords[key as keyof typeof ownerWords]);
  }
  return { ...state, reason };
}
