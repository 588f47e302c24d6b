import { useSyncExternalStore } from 'react';
import { basePath, belowBase } from './base-path.ts';

/** Every page of the window in the order of the rail; pages that are not built yet are absent. */
export type Route =
  | { readonly page: 'chat'; readonly chatId?: string }
  /** `repo` is `org/name` on the hub; `variant` is the quantization that an address asked for. */
  | { readonly page: 'discover'; readonly repo?: string; readonly variant?: string }
  | { readonly page: 'models' }
  /** `place` is a pool held here, a membership, or `new`; `tab` one of its views, `item` one thing in it. */
  | {
      readonly page: 'pool';
      readonly place?: string;
      readonly tab?: string;
      readonly item?: string;
    }
  /** `tab` is one of its views; the first one when absent. */
  | { readonly page: 'server'; readonly tab?: string }
  /** `tab` is one of `activityTabs` besides the log; `requestId` opens one request of the log. */
  | { readonly page: 'activity'; readonly tab?: ActivityTab; readonly requestId?: string }
  | { readonly page: 'settings'; readonly section?: string };

export type PageName = Route['page'];

/** Views of *Activity* besides its log; no request has such an id. */
export const activityTabs = ['usage', 'audit'] as const;
export type ActivityTab = (typeof activityTabs)[number];

/** The place that a path names; unknown paths lead to the chat, which is where everything starts. */
export function parseRoute(pathname: string): Route {
  const [page = '', detail, second, third] = pathname
    .split('/')
    .filter((part) => part !== '')
    .map(decode);
  switch (page) {
    case 'discover':
      return discoverRoute(detail, second, third);
    case 'models':
      return { page };
    case 'server':
      return detail === undefined ? { page } : { page, tab: detail };
    case 'activity':
      return activityRoute(detail);
    case 'pool':
      return poolRoute(detail, second, third);
    case 'settings':
      return detail === undefined ? { page } : { page, section: detail };
    case 'chat':
      return detail === undefined ? { page } : { page, chatId: detail };
    default:
      return { page: 'chat' };
  }
}

/** The path of a place. `parseRoute` reads it back. */
export function routePath(route: Route): string {
  switch (route.page) {
    case 'chat':
      return detailPath('/chat', route.chatId);
    case 'activity':
      return detailPath('/activity', route.tab ?? route.requestId);
    case 'server':
      return detailPath('/server', route.tab);
    case 'discover':
      return discoverPath(route);
    case 'pool':
      return poolPath(route);
    case 'settings':
      return detailPath('/settings', route.section);
    default:
      return `/${route.page}`;
  }
}

/** The path of a place on this site, for links and the address bar. */
export function routeAddress(route: Route): string {
  return basePath + routePath(route);
}

function detailPath(page: string, detail: string | undefined): string {
  return detail === undefined ? page : `${page}/${encodeURIComponent(detail)}`;
}

function activityRoute(detail: string | undefined): Route {
  const page = 'activity';
  if (detail === undefined) return { page };
  const tab = activityTabs.find((name) => name === detail);
  return tab === undefined ? { page, requestId: detail } : { page, tab };
}

function discoverRoute(
  author: string | undefined,
  name: string | undefined,
  variant: string | undefined,
): Route {
  const page = 'discover';
  if (author === undefined || name === undefined) return { page };
  const repo = `${author}/${name}`;
  return variant === undefined ? { page, repo } : { page, repo, variant };
}

function discoverPath({ repo, variant }: Extract<Route, { page: 'discover' }>): string {
  if (repo === undefined) return '/discover';
  const parts = [...repo.split('/'), ...(variant === undefined ? [] : [variant])];
  return `/discover/${parts.map(encodeURIComponent).join('/')}`;
}

function poolRoute(
  place: string | undefined,
  tab: string | undefined,
  item: string | undefined,
): Route {
  const page = 'pool';
  if (place === undefined) return { page };
  if (tab === undefined) return { page, place };
  return item === undefined ? { page, place, tab } : { page, place, tab, item };
}

function poolPath({ place, tab, item }: Extract<Route, { page: 'pool' }>): string {
  if (place === undefined) return '/pool';
  const parts = [place, tab, tab === undefined ? undefined : item].filter(
    (part) => part !== undefined,
  );
  return `/pool/${parts.map(encodeURIComponent).join('/')}`;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // A stray percent sign is a name like any other.
  }
}

const listeners = new Set<() => void>();
let current: { readonly pathname: string; readonly route: Route } | undefined;

let lastChat: Route = { page: 'chat' };

/** Where a page is entered: Chat with the conversation that was on screen last, the others at their start. */
export function entranceOf(page: PageName): Route {
  return page === 'chat' ? lastChat : { page };
}

function readRoute(): Route {
  const { pathname } = globalThis.location;
  if (current?.pathname !== pathname) {
    current = { pathname, route: parseRoute(belowBase(pathname)) };
    if (current.route.page === 'chat') lastChat = current.route;
  }
  return current.route;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  globalThis.addEventListener('popstate', listener);
  return () => {
    listeners.delete(listener);
    globalThis.removeEventListener('popstate', listener);
  };
}

/** The place on screen. Renders again when it changes. */
export function useRoute(): Route {
  return useSyncExternalStore(subscribe, readRoute);
}

/** Goes to a place. `replace` leaves no step for the Back button. */
export function navigate(route: Route, options: { readonly replace?: boolean } = {}): void {
  const path = routeAddress(route);
  if (path === globalThis.location.pathname) return;
  if (options.replace === true) globalThis.history.replaceState(null, '', path);
  else globalThis.history.pushState(null, '', path);
  for (const listener of listeners) listener();
}
