import { create } from 'zustand';
import { MillpondError } from '../../src-main/core/error.ts';
import { api, events, onResync } from '../api.ts';
import type { Knock, Pool, Reach } from '../api.ts';

interface PoolsState {
  /** Pools that this gateway holds; undefined until the first answer. */
  readonly pools: readonly Pool[] | undefined;
  /** Where others can come in; undefined until the first answer. */
  readonly reach: Reach | undefined;
  /** The owner's password is set; the first pool needs one. */
  readonly hasPassword: boolean;
  /** Who asks to be let in and waits for an answer. */
  readonly knocks: readonly Knock[];
  readonly error: MillpondError | undefined;
}

export const usePools = create<PoolsState>()(() => ({
  pools: undefined,
  reach: undefined,
  hasPassword: false,
  knocks: [],
  error: undefined,
}));

let latest = 0;

/** Asks again; the answer to an older question is left aside. Never rejects. */
export async function refreshPools(): Promise<void> {
  latest += 1;
  const question = latest;
  const answer = await api.pools.list({}).then(
    (list) => ({ ...list, error: undefined }),
    (thrown: unknown) => ({ error: MillpondError.from(thrown) }),
  );
  if (question === latest) usePools.setState(answer);
}

/** What an owner may ask about being reached. */
export type ReachChange = Parameters<typeof api.pools.updateReach>[0];

/** Changes how others come in, or looks again; shows at once what it made of it. */
export async function updateReach(change: ReachChange): Promise<void> {
  usePools.setState({ reach: await api.pools.updateReach(change) });
}

export function followPools(): void {
  onResync(() => void refreshPools());
  events.pools.onChanged(() => void refreshPools());
}
