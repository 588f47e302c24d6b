import { create } from 'zustand';
import { api, onResync } from '../api.ts';
import type { Me } from '../api.ts';

interface MeState {
  /** Undefined until the first answer. */
  readonly me: Me | undefined;
}

/** Who is signed in. On a machine of one's own that is its owner. */
export const useMe = create<MeState>()(() => ({ me: undefined }));

/** What an owner is called until somebody has asked for a name. */
const unnamed = 'Owner';

/** The name that this person goes by; empty while nobody has asked for one. */
export function useOwnName(): string {
  return useMe(({ me }) => (me === undefined || me.name === unnamed ? '' : me.name));
}

/** Asks again who this is, after a change of name. A gap is repaired by the next resync. */
export async function refreshMe(): Promise<void> {
  try {
    useMe.setState({ me: await api.session.me({}) });
  } catch {
    // The old name stays on screen.
  }
}

export function followMe(): void {
  onResync(() => {
    void refreshMe();
  });
}
