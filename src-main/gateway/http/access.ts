import type { FastifyInstance, FastifyRequest } from 'fastify';
import { MillpondError } from '../../core/error.ts';
import type { Caller } from '../caller.ts';
import type { Session } from '../sessions/sessions.ts';
import type { Authenticator } from './authenticate.ts';
import { doorOf, peerOf } from './door.ts';
import type { ErrorShape } from './error-shapes.ts';
import type { Door } from './door.ts';
import { refuseAmbiguousTarget, refuseForeignNames, refuseForeignPages } from './guard.ts';
import type { OwnPorts } from './guard.ts';
import { seenOrigin } from './proxied.ts';

/**
 * Who may call a route.
 *
 * - `stranger` anybody · `caller` a key, a session or, where that is on, nobody in particular
 * - `known` a key or a session · `session` a signed-in person, also what a silent route gets
 * - `first-message` a socket: it is told nothing until its first message proved a session
 * - `set-up` anybody, also before this gateway has an owner's password
 */
export type Access = 'stranger' | 'caller' | 'known' | 'session' | 'first-message' | 'set-up';

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access;
    /** The API whose clients call the route; absent: as its address says. */
    errors?: ErrorShape;
  }
  interface FastifyRequest {
    /** Set before the body is read, on routes for callers. */
    millpondCaller: Caller | null;
    /** Set before the body is read, on routes for sessions. */
    millpondSession: Session | null;
  }
}

/** What is known about the public door; while there is none, all of it may be absent. */
export interface PublicAccess {
  /** Host names that lead here; addresses need not be named. */
  readonly publicNames?: () => readonly string[];
  /** Strangers get the set-up page and nothing else. */
  readonly needsSetup?: () => boolean;
}

interface AccessDeps extends PublicAccess {
  readonly authenticator: Authenticator;
  /** The port that this server really listens on. */
  readonly port: () => number;
  /** Ollama's port while it listens there too. */
  readonly ollamaPort?: () => number | undefined;
}

/** Checks every request before its body is read: where it comes from, then who sends it. */
export function guardRoutes(app: FastifyInstance, deps: AccessDeps): void {
  app.decorateRequest('millpondCaller', null);
  app.decorateRequest('millpondSession', null);
  app.addHook('onRequest', (request, _reply, done) => {
    try {
      refuseAmbiguousTarget(request.raw.url ?? '', request.raw.rawHeaders);
      const door = doorOf(request);
      if (door === 'public') refuseStrangeVisit(request, deps);
      else refuseForeignPages(request.headers, portsOf(deps));
      if (!request.is404) admit(request, door, deps.authenticator);
    } catch (refusal) {
      done(MillpondError.from(refusal));
      return;
    }
    done();
  });
}

function portsOf({ port, ollamaPort }: AccessDeps): OwnPorts {
  const second = ollamaPort?.();
  return second === undefined ? [port()] : [port(), second];
}

/** From the network: under a name of ours, and before the set-up to nothing but that. */
function refuseStrangeVisit(request: FastifyRequest, deps: AccessDeps): void {
  refuseForeignNames(request.headers, seenOrigin(request.raw), deps.publicNames?.() ?? []);
  if (deps.needsSetup?.() !== true || accessOf(request) === 'set-up') return;
  throw new MillpondError(
    'unavailable',
    'This gateway has not been set up yet: open its address in a browser',
    { reason: 'needs-set-up' },
  );
}

function accessOf(request: FastifyRequest): Access {
  return request.routeOptions.config.access ?? 'session';
}

function admit(request: FastifyRequest, door: Door, authenticator: Authenticator): void {
  const access = accessOf(request);
  switch (access) {
    case 'stranger':
    case 'set-up':
    case 'first-message':
      return;
    case 'caller':
      request.millpondCaller = authenticator.caller(request.headers, door, peerOf(request));
      return;
    case 'known':
      if (authenticator.caller(request.headers, door, peerOf(request)).kind !== 'keyless') return;
      throw new MillpondError('unauthenticated', 'An API key or a session is needed here');
    case 'session':
      request.millpondSession = authenticator.session(request.headers, door);
  }
}

/** The caller of a route whose access is `caller`. */
export function callerOf(request: FastifyRequest): Caller {
  if (request.millpondCaller !== null) return request.millpondCaller;
  throw new MillpondError('internal', 'This route authenticates no caller');
}

/** The session of a route whose access is `session`. */
export function sessionOf(request: FastifyRequest): Session {
  if (request.millpondSession !== null) return request.millpondSession;
  throw new MillpondError('internal', 'This route authenticates no session');
}
