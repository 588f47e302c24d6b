import { z } from 'zod';
import { id, nothing } from './common.ts';
import { call, strangerCall } from './kinds.ts';

export const session = {
  /** Swaps a one-time login code (128 bit, 60 s) for a bearer. */
  open: strangerCall(
    'POST',
    '/control/session',
    z.strictObject({ code: z.string().min(16).max(128) }),
    z.object({ token: z.string() }),
  ),
  /**
   * What a page needs to know before anybody has signed in: a fresh headless gateway shows its set-up,
   * one with a password asks for it.
   */
  welcome: strangerCall(
    'GET',
    '/control/welcome',
    nothing,
    z.object({
      gatewayName: z.string(),
      needsSetup: z.boolean(),
      hasPassword: z.boolean(),
      /** Whom a reverse proxy in front has signed in; absent where none says so. */
      proxyUser: z.string().optional(),
    }),
  ),
  /** The owner's first password on a headless gateway; `code` stands in its log. */
  setUp: strangerCall(
    'POST',
    '/control/set-up',
    z.strictObject({
      code: z.string().min(1).max(128),
      name: z.string().trim().min(1).max(60),
      password: z.string().min(10).max(200),
    }),
    z.object({ token: z.string() }),
  ),
  /** Signs in by password; five wrong ones in a row have to wait. */
  signIn: strangerCall(
    'POST',
    '/control/sign-in',
    z.strictObject({ name: z.string().max(60).default(''), password: z.string().min(1).max(200) }),
    z.object({ token: z.string() }),
  ),
  /** Signs in whom the reverse proxy in front has signed in, without a password. */
  proxySignIn: strangerCall(
    'POST',
    '/control/proxy-sign-in',
    nothing,
    z.object({ token: z.string() }),
  ),
  /** Sets a password with a code that an owner or admin gave, and signs in. The code works once. */
  redeemCode: strangerCall(
    'POST',
    '/control/redeem',
    z.strictObject({
      code: z.string().trim().min(8).max(128),
      password: z.string().min(10).max(200),
    }),
    z.object({ token: z.string() }),
  ),
  /** Who is signed in, and what they may do. */
  me: call(
    'GET',
    '/control/me',
    nothing,
    z.object({
      personId: id,
      name: z.string(),
      /** The best that they have anywhere here. */
      role: z.enum(['owner', 'admin', 'member', 'viewer']),
      /** At the gateway as a whole; absent for whoever came in through a pool alone. */
      gatewayRole: z.enum(['owner', 'admin', 'member', 'viewer']).optional(),
    }),
  ),
  /** Ends this session; its bearer stops working. */
  close: call('DELETE', '/control/session', nothing, nothing),
  /** A fresh login code, for opening the window from the shell or the command line. */
  createCode: call('POST', '/control/session/codes', nothing, z.object({ code: z.string() })),
};
