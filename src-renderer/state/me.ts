import { create } from 'zustand';
import { api, onResync } from '../api.ts';
import type { Me } from '../api.ts';

interface MeState {
  /** Undefined until the first answer. */
  readonly me: Me | undefined;
}

/** Who is signed in. On a machine of one's own that is its owner. */
export const useMe = create<MeState>()(() => ({ me: undefined }));

export function followMe(): void {
  onResync(() => {
    // A gap is repaired by the next one.
    void api.session.me({}).then(
      (me) => {
        useMe.setState({ me });
      },
      () => undefined,
    );
  });
}
