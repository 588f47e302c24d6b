import type { RequestRecord } from '../../../api.ts';
import { isRunning } from '../../../state/activity.ts';

export const stateFilters = ['running', 'done', 'failed', 'cancelled'] as const;
export type StateFilter = (typeof stateFilters)[number];

/** What a request can be told by besides its state; each compares exactly. */
export const facets = ['model', 'machine', 'provider', 'keyId', 'personId'] as const;
export type Facet = (typeof facets)[number];

export type FacetFilter = { readonly [F in Facet]?: string | undefined };

export interface ActivityFilter extends FacetFilter {
  /** Undefined shows every state. */
  readonly state: StateFilter | undefined;
  readonly search: string;
  /** Only requests to this pool; absent shows all. */
  readonly poolId?: string | undefined;
}

/** Whether anything is left out. */
export function isFiltered(filter: ActivityFilter): boolean {
  const { state, search, poolId } = filter;
  return state !== undefined || search !== '' || poolId !== undefined || facetCount(filter) > 0;
}

/** How many facets are chosen. */
export function facetCount(filter: ActivityFilter): number {
  return facets.filter((facet) => filter[facet] !== undefined).length;
}

/** Whether a request belongs into the filtered list, compared as the runtime does. */
export function matchesFilter(request: RequestRecord, filter: ActivityFilter): boolean {
  if (filter.state === 'running' && !isRunning(request)) return false;
  if (filter.state !== undefined && filter.state !== 'running' && request.state !== filter.state) {
    return false;
  }
  if (filter.poolId !== undefined && request.poolId !== filter.poolId) return false;
  if (!facets.every((facet) => isOf(request, facet, filter[facet]))) return false;
  const search = filter.search.trim().toLowerCase();
  if (search === '') return true;
  const { model, alias = '', caller, client } = request;
  const text = `${model}\n${alias}\n${caller}\n${client}`.toLowerCase();
  return text.includes(search);
}

/** A machine goes by its name or by the id of its membership. */
function isOf(request: RequestRecord, facet: Facet, wanted: string | undefined): boolean {
  if (wanted === undefined || request[facet] === wanted) return true;
  return facet === 'machine' && request.upstream === wanted;
}

/** What the requests on screen can be told apart by: the values of each facet with their words. */
export type FacetChoices = Readonly<Record<Facet, ReadonlyMap<string, string>>>;

export const noChoices: FacetChoices = {
  ...{ model: new Map(), machine: new Map(), provider: new Map() },
  ...{ keyId: new Map(), personId: new Map() },
};

/** Adds what these requests bring; the same object when they bring nothing. People come by their names. */
export function withRequestChoices(
  known: FacetChoices,
  requests: readonly RequestRecord[],
  nameOf: (personId: string) => string | undefined,
): FacetChoices {
  const wordOf = (request: RequestRecord, facet: Facet): string | undefined => {
    if (facet === 'keyId') return request.caller;
    return facet === 'personId' ? nameOf(request.personId ?? '') : request[facet];
  };
  return facets.reduce((choices, facet) => {
    const fresh = requests.flatMap((request) => {
      const [value, word] = [request[facet], wordOf(request, facet)];
      const isNew = value !== undefined && value !== '' && !choices[facet].has(value);
      return isNew && word !== undefined ? [[value, word] as const] : [];
    });
    if (fresh.length === 0) return choices;
    return { ...choices, [facet]: new Map([...choices[facet], ...fresh]) };
  }, known);
}
