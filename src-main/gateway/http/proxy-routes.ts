import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify';
import { MillpondError } from '../../core/error.ts';
import { callerScope } from '../caller.ts';
import { unknownModel } from '../pipeline/resolve-model.ts';
import type { Scope } from '../ports.ts';
import { callerOf } from './access.ts';
import { withAnyBody } from './any-body.ts';
import {
  dialectOf,
  mayAskAll,
  modelInBody,
  noProviderHas,
  passThrough,
  providerScope,
} from './pass-through.ts';
import type { PassThroughDeps } from './pass-through.ts';
import { checkTail, modelInTail, refuseAccountPath, splitProxyPath } from './proxy-path.ts';
import type { ProxyPath } from './proxy-path.ts';
import { pathOf } from './request-path.ts';
import { refuseUnknown } from './unknown-address.ts';
import type { KnownRoute } from './unknown-address.ts';

const methods: HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/**
 * `/v1/proxy/{model}/{path}`: any call of a provider's own API, with its key and fail-over between the
 * providers of the model. `/v1/{model}/{path}` is the same for known ids, after every other address.
 */
export async function registerProxyRoutes(
  app: FastifyInstance,
  deps: PassThroughDeps,
  routes: readonly KnownRoute[],
): Promise<void> {
  const config = { access: 'caller' } as const;
  await withAnyBody(app, { maxBytes: deps.maxBodyBytes, mayPass }, (scope) => {
    scope.route({
      ...{ method: methods, url: '/v1/proxy/*', config, exposeHeadRoute: false },
      handler: (request, reply) => {
        const rights = providerScope(request);
        const rest = pathOf(request.url).slice('/v1/proxy/'.length);
        const found = split(rest, rights, deps);
        if (found === undefined) throw unknownModel(decodeURIComponent(rest));
        return proxy({ request, reply, deps }, rights, found);
      },
    });
    scope.route({
      ...{ method: methods, url: '/v1/*', config, exposeHeadRoute: false },
      handler: (request, reply) => {
        const rights = callerScope(callerOf(request));
        const rest = pathOf(request.url).slice('/v1/'.length);
        const found = rights.providers && split(rest, rights, deps);
        if (found === undefined) return refuseUnknown(request, reply, routes);
        return proxy({ request, reply, deps }, rights, found);
      },
    });
  });
}

/**
 * A larger body may name any model where nobody reads it: it passes for those alone who may ask them all.
 * JSON is read in any case.
 */
function mayPass(request: FastifyRequest): boolean {
  const isJson = (request.headers['content-type'] ?? '').toLowerCase().includes('json');
  return mayAskAll(request) && !isJson;
}

function split(rest: string, scope: Scope, { directory }: PassThroughDeps): ProxyPath | undefined {
  return splitProxyPath(rest, (model) => directory.resolve(model, scope) !== undefined);
}

async function proxy(
  exchange: {
    readonly request: FastifyRequest;
    readonly reply: FastifyReply;
    readonly deps: PassThroughDeps;
  },
  scope: Scope,
  { model, tail }: ProxyPath,
): Promise<FastifyReply> {
  const { request, deps } = exchange;
  checkTail(tail);
  if (scope.providers === 'shared') refuseAccountPath(request.method, tail);
  const dialect = dialectOf(model, scope, deps.directory);
  if (dialect === undefined) throw noProviderHas(model, 'the proxy leads to providers');
  refuseOtherModel(model, modelInBody(request), scope, deps);
  // Who may ask every model may also ask one by a path of the provider's own.
  if (!mayAskAll(request)) refuseOtherModel(model, modelInTail(request.method, tail), scope, deps);
  return passThrough(exchange, { model, dialect, path: tail + queryOf(request.url) });
}

/** What names another model would be answered by it, whatever the caller may ask. */
function refuseOtherModel(
  model: string,
  named: string | undefined,
  scope: Scope,
  { directory }: PassThroughDeps,
): void {
  if (named === undefined || named === model) return;
  const id = directory.resolve(named, scope)?.id;
  if (id !== undefined && id === directory.resolve(model, scope)?.id) return;
  throw new MillpondError('invalid-request', "'model' differs from the model in the address", {
    param: 'model',
  });
}

function queryOf(url: string): string {
  const at = url.indexOf('?');
  return at === -1 ? '' : url.slice(at);
}
