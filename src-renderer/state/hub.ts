import { create } from 'zustand';
import { MillpondError } from '../../src-main/core/error.ts';
import { api, events, onResync } from '../api.ts';
import type { FitView, HubFreshness, HubStatus, Starter } from '../api.ts';
import { createToldLast } from './told-last.ts';

interface HubState {
  /** Undefined until the first answer. */
  readonly status: HubStatus | undefined;
  /** Undefined until a page has asked for them. */
  readonly starters: readonly Starter[] | undefined;
  readonly startersFreshness: HubFreshness | undefined;
  readonly startersError: MillpondError | undefined;
  readonly isAsking: boolean;
}

/** The hub that models come from, and what it offers to this machine. */
export const useHub = create<HubState>()(() => ({
  status: undefined,
  starters: undefined,
  startersFreshness: undefined,
  startersError: undefined,
  isAsking: false,
}));

const { answer, told } = createToldLast();

function showStatus(status: HubStatus): void {
  useHub.setState({ status });
}

/** What was worked out for one choice. */
export interface FitNews {
  readonly repo: string;
  readonly variant: string;
  readonly fit: FitView;
}

/** The starters with one fit filled in. */
export function withStarterFit(starters: readonly Starter[], news: FitNews): readonly Starter[] {
  return starters.map((starter) =>
    starter.repo === news.repo && starter.variant === news.variant
      ? { ...starter, fit: news.fit }
      : starter,
  );
}

/**
 * The starters with the recommendation of a later answer. The rows stay where they are: somebody may
 * be reading them.
 */
export function withRecommendation(
  starters: readonly Starter[],
  later: readonly Starter[],
): readonly Starter[] {
  const best = later.find((starter) => starter.isRecommended);
  const isShown = starters.some((starter) => isSame(starter, best));
  if (!isShown) return starters;
  return starters.map((starter) => ({ ...starter, isRecommended: isSame(starter, best) }));
}

function isSame(starter: Starter, other: Starter | undefined): boolean {
  return starter.repo === other?.repo && starter.variant === other.variant;
}

export async function refreshHubStatus(): Promise<void> {
  await answer(api.hub.status({}), showStatus);
}

let latest = 0;

/** Asks for the starters; the answer to an older question is left aside. */
export async function fetchStarters(): Promise<void> {
  latest += 1;
  const question = latest;
  useHub.setState({ isAsking: true });
  const answer = await api.hub.starters({}).then(
    ({ starters, freshness }) => ({
      starters,
      startersFreshness: freshness,
      startersError: undefined,
    }),
    (thrown: unknown) => ({ startersError: MillpondError.from(thrown) }),
  );
  if (question === latest) useHub.setState({ ...answer, isAsking: false });
}

/** With all fits known the runtime can say for certain which one suits this machine best. */
async function askRecommendation(): Promise<void> {
  try {
    const { starters: later } = await api.hub.starters({});
    useHub.setState(({ starters }) => ({
      starters: starters && withRecommendation(starters, later),
    }));
  } catch {
    // The first recommendation stands.
  }
}

/** Asks unless somebody has asked already. */
export function wantStarters(): void {
  const { starters, isAsking } = useHub.getState();
  if (starters === undefined && !isAsking) void fetchStarters();
}

/** Looks for models somewhere else from now on; empty is the default. Rejects with a `MillpondError`. */
export async function chooseEndpoint(url: string): Promise<void> {
  await answer(api.hub.setEndpoint({ url }), showStatus);
}

/** Keeps the token if the hub knows it. Rejects with a `MillpondError`. */
export async function keepToken(token: string): Promise<void> {
  await answer(api.hub.setToken({ token }), showStatus);
}

function hasChanged(before: HubStatus | undefined, after: HubStatus): boolean {
  return before?.endpoint !== after.endpoint || before.closedBy !== after.closedBy;
}

export function followHub(): void {
  onResync(() => void refreshHubStatus().catch(() => undefined));
  onResync(() => {
    if (useHub.getState().starters !== undefined) void fetchStarters();
  });
  events.hub.onStatus((status) => {
    told(() => {
      showStatus(status);
    });
  });
  events.hub.onFit((news) => {
    // Fits with an aim belong to the page of a model.
    if (news.aim !== undefined) return;
    const before = useHub.getState().starters;
    if (before === undefined) return;
    const starters = withStarterFit(before, news);
    useHub.setState({ starters });
    const isComplete = starters.every(({ fit }) => fit !== undefined);
    if (isComplete && before.some(({ fit }) => fit === undefined)) void askRecommendation();
  });
  useHub.subscribe(({ status, starters, startersError }, before) => {
    const isWanted = starters !== undefined || startersError !== undefined;
    if (status === undefined || status === before.status || before.status === undefined) return;
    if (isWanted && hasChanged(before.status, status)) void fetchStarters();
  });
}
