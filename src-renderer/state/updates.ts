import { create } from 'zustand';
import { api, events, onResync } from '../api.ts';
import type { UpdateStatus } from '../api.ts';
import { useMe } from './me.ts';
import { createToldLast } from './told-last.ts';

interface UpdatesState {
  /** Undefined until the first answer, and for everybody but the owner. */
  readonly updates: UpdateStatus | undefined;
  readonly error: unknown;
}

/** Newer versions of Millpond itself. */
export const useUpdates = create<UpdatesState>()(() => ({ updates: undefined, error: undefined }));

const { answer, told } = createToldLast();

/** Shows what a call about updates has answered. */
export function setUpdates(updates: UpdateStatus): void {
  useUpdates.setState({ updates, error: undefined });
}

export async function refreshUpdates(): Promise<void> {
  if (useMe.getState().me?.role !== 'owner') return;
  try {
    await answer(api.updates.status({}), setUpdates);
  } catch (error) {
    useUpdates.setState({ error });
  }
}

export function followUpdates(): void {
  onResync(() => void refreshUpdates());
  // Who this is may be known only after the first answer.
  useMe.subscribe(({ me }, before) => {
    if (me?.role !== before.me?.role) void refreshUpdates();
  });
  events.updates.onChanged((updates) => {
    told(() => {
      setUpdates(updates);
    });
  });
}
