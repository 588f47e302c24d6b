import { create } from 'zustand';
import { MillpondError } from '../../../../src-main/core/error.ts';
import { api, onResync } from '../../../api.ts';
import type { HubFreshness, HubModelSummary } from '../../../api.ts';
import { openQuestion, searchInput, withPage } from './hub-question.ts';
import type { HubQuestion } from './hub-question.ts';

/** The search lives outside the page, so that going back finds it as it was. */
interface SearchState extends HubQuestion {
  /** Undefined until the first answer. */
  readonly models: readonly HubModelSummary[] | undefined;
  /** Where the next page begins; undefined at the end. */
  readonly cursor: string | undefined;
  readonly freshness: HubFreshness | undefined;
  readonly error: MillpondError | undefined;
  /** `more` asks for a further page; the list stays. */
  readonly asking: 'no' | 'list' | 'more';
  /** The model whose page was opened from the list: the focus comes back to it. */
  readonly openedRepo: string | undefined;
}

export const useHubSearch = create<SearchState>()(() => ({
  ...openQuestion,
  models: undefined,
  cursor: undefined,
  freshness: undefined,
  error: undefined,
  asking: 'no',
  openedRepo: undefined,
}));

/** Typing asks once it pauses. */
const typingPauseMs = 250;
let pause: ReturnType<typeof setTimeout> | undefined;
let running: AbortController | undefined;

/** Changes the words; the hub is asked when the typing pauses. */
export function setQuery(query: string): void {
  if (query === useHubSearch.getState().query) return;
  useHubSearch.setState({ query });
  clearTimeout(pause);
  pause = setTimeout(() => void search(), query === '' ? 0 : typingPauseMs);
}

/** Changes filters or order and asks at once, except for the author, who is typed. */
export function setFilters(change: Partial<Omit<HubQuestion, 'query'>>): void {
  useHubSearch.setState(change);
  clearTimeout(pause);
  pause = setTimeout(() => void search(), change.author === undefined ? 0 : typingPauseMs);
}

/** Asks the hub from the start. An answer to an older question is never shown. */
export async function search(): Promise<void> {
  clearTimeout(pause);
  running?.abort();
  const question = new AbortController();
  running = question;
  useHubSearch.setState({ asking: 'list', openedRepo: undefined });
  try {
    const input = searchInput(useHubSearch.getState());
    const answer = await api.hub.search(input, { signal: question.signal });
    useHubSearch.setState({ ...answer, cursor: answer.cursor, error: undefined, asking: 'no' });
  } catch (thrown) {
    if (question.signal.aborted) return;
    // What was found before answered another question.
    useHubSearch.setState({
      models: undefined,
      cursor: undefined,
      freshness: undefined,
      error: MillpondError.from(thrown),
      asking: 'no',
    });
  }
}

/** Adds the next page to the list. */
export async function showMore(): Promise<void> {
  const { cursor, asking } = useHubSearch.getState();
  if (cursor === undefined || asking !== 'no') return;
  const question = new AbortController();
  running = question;
  useHubSearch.setState({ asking: 'more' });
  try {
    const input = searchInput(useHubSearch.getState(), cursor);
    const page = await api.hub.search(input, { signal: question.signal });
    if (question.signal.aborted) return;
    useHubSearch.setState(({ models }) => ({
      models: withPage(models ?? [], page.models),
      cursor: page.cursor,
      freshness: page.freshness,
      error: undefined,
      asking: 'no',
    }));
  } catch (thrown) {
    if (question.signal.aborted) return;
    useHubSearch.setState({ error: MillpondError.from(thrown), asking: 'no' });
  }
}

/** Asks unless this hub has answered already. */
export function wantSearch(endpoint: string | undefined): void {
  const { models, freshness, error, asking } = useHubSearch.getState();
  const isOther =
    endpoint !== undefined && freshness !== undefined && freshness.endpoint !== endpoint;
  const isWanted = models === undefined || error !== undefined || isOther;
  if (isWanted && asking === 'no') void search();
}

onResync(() => {
  if (useHubSearch.getState().error !== undefined) void search();
});
