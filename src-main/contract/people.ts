import { z } from 'zod';
import { id, instant, nothing } from './common.ts';
import { call, notify } from './kinds.ts';
import { limitUse, usageLimits } from './limits.ts';
import { poolRole } from './nodes.ts';

/** Somebody with an account at this gateway. */
export const account = z.object({
  id,
  name: z.string(),
  /** At the gateway as a whole; a pool may give more inside itself. */
  role: poolRole,
  /** Came in through a pool and is nobody outside of pools: a role given here makes an account. */
  isPoolOnly: z.literal(true).optional(),
  createdAt: instant,
  lastSeenAt: instant.optional(),
  hasPassword: z.boolean(),
  /** A one-time code to set a password is waiting until then. */
  codeUntil: instant.optional(),
  pools: z.array(z.object({ id, name: z.string(), role: poolRole })),
  keys: z.int(),
  limits: usageLimits.optional(),
  uses: z.array(limitUse),
});
export type Account = z.infer<typeof account>;

/**
 * Pools held here whose models somebody may ask, beside the shared providers: with keys, without an app that
 * joined. Whoever asks for it has to be an admin or the owner of each.
 */
const pools = z.array(id).max(100).optional();

/** Shown once: whoever has it sets the password of that person. */
const oneTimeCode = z.object({ code: z.string(), expiresAt: instant });

export const people = {
  list: call('GET', '/control/people', nothing, z.object({ people: z.array(account) })),
  /** Nobody makes somebody of their own rank or above. */
  create: call(
    'POST',
    '/control/people',
    z.strictObject({
      name: z.string().trim().min(1).max(60),
      role: z.enum(['admin', 'member', 'viewer']),
      limits: usageLimits.optional(),
      pools,
    }),
    z.object({ person: account, ...oneTimeCode.shape }),
  ),
  /** One person a line: `name,role`. Lines that are wrong are named, the others are made. */
  importCsv: call(
    'POST',
    '/control/people/import',
    z.strictObject({ csv: z.string().max(200_000), pools }),
    z.object({
      made: z.array(z.object({ person: account, ...oneTimeCode.shape })),
      problems: z.array(z.object({ line: z.int(), message: z.string() })),
    }),
  ),
  update: call(
    'PATCH',
    '/control/people/:id',
    z.strictObject({
      id,
      name: z.string().trim().min(1).max(60).optional(),
      role: z.enum(['admin', 'member', 'viewer']).optional(),
      /** Replaces all; null takes them away. */
      limits: usageLimits.nullable().optional(),
      /** Replaces all: they leave those that are not named, with their machines. */
      pools,
    }),
    account,
  ),
  /** Ends sessions and keys, and leaves every pool. */
  remove: call('DELETE', '/control/people/:id', z.strictObject({ id }), nothing),
  /** Ends their sessions; they set a new password with the code. */
  resetPassword: call('POST', '/control/people/:id/reset', z.strictObject({ id }), oneTimeCode),
  onChanged: notify('people.changed', nothing),
};
