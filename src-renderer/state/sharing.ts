import { create } from 'zustand';
import { MillpondError } from '../../src-main/core/error.ts';
import { api, events, onResync } from '../api.ts';
import type { SharingLimits, SharingRules, SharingStatus } from '../api.ts';
import { createToldLast } from './told-last.ts';

interface SharingState {
  /** Undefined until the first answer. */
  readonly sharing: SharingStatus | undefined;
  readonly error: MillpondError | undefined;
}

/** When this machine works for others, and what it gave. */
export const useSharing = create<SharingState>()(() => ({ sharing: undefined, error: undefined }));

const { answer, told } = createToldLast();

function show(sharing: SharingStatus): void {
  useSharing.setState({ sharing, error: undefined });
}

/** Shows what the runtime answers. Rejects as the question does. */
export async function showAnswer(question: Promise<SharingStatus>): Promise<void> {
  await answer(question, show);
}

/** What the owner changes; absent rules and limits stay as they are. */
export interface SharingPatch {
  readonly rules?: Partial<SharingRules>;
  readonly limits?: Partial<SharingLimits>;
}

export async function refreshSharing(): Promise<void> {
  try {
    await showAnswer(api.sharing.get({}));
  } catch (thrown) {
    useSharing.setState({ error: MillpondError.from(thrown) });
  }
}

/** The status with a change in it, as it will be when the runtime agrees. */
export function withSharingPatch(sharing: SharingStatus, patch: SharingPatch): SharingStatus {
  return {
    ...sharing,
    rules: { ...sharing.rules, ...patch.rules },
    limits: { ...sharing.limits, ...patch.limits },
  };
}

/** Shows the change at once and takes it back if the runtime refuses it, rejecting with the reason. */
export async function updateSharing(patch: SharingPatch): Promise<void> {
  const before = useSharing.getState().sharing;
  if (before !== undefined) useSharing.setState({ sharing: withSharingPatch(before, patch) });
  try {
    await showAnswer(api.sharing.update(patch));
  } catch (thrown) {
    useSharing.setState({ sharing: before });
    throw thrown;
  }
}

export function followSharing(): void {
  onResync(() => void refreshSharing());
  events.sharing.onChanged((sharing) => {
    told(() => {
      show(sharing);
    });
  });
}
