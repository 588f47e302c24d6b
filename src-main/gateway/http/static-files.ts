import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { refuseUnknown } from './unknown-address.ts';
import type { KnownRoute } from './unknown-address.ts';
import { pathOf } from './request-path.ts';
import { pagePolicy } from './security-headers.ts';

/** Addresses that belong to an API: never answered with the page. */
const apiPrefixes = ['/v1', '/control', '/api', '/health', '/metrics'];

const yearSeconds = 31_536_000;

/**
 * The built window. Every address of the app's own router answers with its page; files under
 * `assets/` carry a hash in their name and never change.
 */
export async function registerStaticFiles(
  app: FastifyInstance,
  folder: string,
  routes: readonly KnownRoute[],
): Promise<void> {
  const isBuilt = existsSync(join(folder, 'index.html'));
  await app.register(fastifyStatic, {
    root: folder,
    serve: false,
    cacheControl: false,
  });
  app.get('/*', { config: { access: 'set-up' } }, (request, reply) => {
    const path = pathOf(request.url);
    const isApi = apiPrefixes.some((prefix) => path === prefix || path.startsWith(`${prefix}/`));
    if (isApi || !isBuilt) refuseUnknown(request, reply, routes);
    const file = path.slice(1);
    if (isFileName(file) && existsSync(join(folder, file))) {
      const maxAge = `public, max-age=${yearSeconds.toString()}, immutable`;
      void reply.header('cache-control', file.startsWith('assets/') ? maxAge : 'no-cache');
      if (file.endsWith('.html')) void reply.header('content-security-policy', pagePolicy);
      return reply.sendFile(file);
    }
    if (file.startsWith('assets/')) refuseUnknown(request, reply, routes);
    return reply
      .header('cache-control', 'no-cache')
      .header('content-security-policy', pagePolicy)
      .sendFile('index.html');
  });
}

/** Only plain names of built files are looked up; anything else is an address of the app. */
function isFileName(path: string): boolean {
  return /^(?:[\w-]+\/)*[\w-][\w.-]*\.\w+$/.test(path) && !path.includes('..');
}
