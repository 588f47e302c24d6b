import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { refuseUnknown } from './unknown-address.ts';
import type { KnownRoute } from './unknown-address.ts';
import { proxyOf } from './proxied.ts';
import { pathOf } from './request-path.ts';
import { pagePolicy } from './security-headers.ts';

/** Addresses that belong to an API: never answered with the page. */
const apiPrefixes = ['/v1', '/control', '/api', '/health', '/metrics'];

const page = 'index.html';

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
      return file === page ? sendPage(request, reply, folder) : reply.sendFile(file);
    }
    if (file.startsWith('assets/')) refuseUnknown(request, reply, routes);
    return sendPage(request, reply.header('cache-control', 'no-cache'), folder);
  });
}

async function sendPage(
  request: FastifyRequest,
  reply: FastifyReply,
  folder: string,
): Promise<FastifyReply> {
  void reply.header('content-security-policy', pagePolicy);
  const basePath = proxyOf(request.raw)?.basePath ?? '';
  if (basePath === '') return reply.sendFile(page);
  const text = await readFile(join(folder, page), 'utf8');
  return reply.type('text/html; charset=utf-8').send(below(basePath, text));
}

/**
 * The page as it has to be behind a proxy that has given us a path of its site: its files are found below that
 * path, and the window is told of it. The path holds nothing that means anything in HTML; `proxyTrust` saw to it.
 */
function below(basePath: string, html: string): string {
  return html
    .replace(/ (href|src)="\/(?!\/)/g, ` $1="${basePath}/`)
    .replace('data-base-path=""', `data-base-path="${basePath}"`);
}

/** Only plain names of built files are looked up; anything else is an address of the app. */
function isFileName(path: string): boolean {
  return /^(?:[\w-]+\/)*[\w-][\w.-]*\.\w+$/.test(path) && !path.includes('..');
}
