import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { MillpondError } from '../../core/error.ts';
import { pathOf } from './request-path.ts';

/** A registered route as the list of addresses sees it. */
export interface KnownRoute {
  readonly method: string;
  /** As registered, such as `/control/chats/:id`. */
  readonly url: string;
  readonly pattern: RegExp;
}

/** Collects every route that is registered after this call. */
export function collectRoutes(app: FastifyInstance): readonly KnownRoute[] {
  const routes: KnownRoute[] = [];
  app.addHook('onRoute', ({ method, url }) => {
    for (const each of [method].flat()) routes.push({ method: each, url, pattern: patternOf(url) });
  });
  return routes;
}

function patternOf(url: string): RegExp {
  const source = url
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/:\w+/g, '[^/]+')
    .replace(/\*/g, '.+');
  return new RegExp(`^${source}$`);
}

/** Take every path that nobody else takes: they say nothing about which addresses exist. */
const catchAlls: ReadonlySet<string> = new Set(['/*', '/v1/*']);

/** 405 where the address exists under another method, 404 where it does not exist at all. */
export function refuseUnknown(
  request: FastifyRequest,
  reply: FastifyReply,
  routes: readonly KnownRoute[],
): never {
  const path = pathOf(request.url);
  const methods = routes
    .filter(({ url, pattern }) => !catchAlls.has(url) && pattern.test(path))
    .map((route) => route.method);
  if (methods.length === 0 || methods.includes(request.method)) {
    throw new MillpondError('not-found', `There is no ${request.method} ${path.slice(0, 200)}`, {
      reason: 'unknown_url',
    });
  }
  const allowed = [...new Set(methods)].join(', ');
  void reply.header('allow', allowed);
  throw new MillpondError('method-not-allowed', `${path.slice(0, 200)} takes ${allowed}`, {
    reason: 'method_not_allowed',
  });
}
