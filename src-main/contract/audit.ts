import { z } from 'zod';
import { id, instant } from './common.ts';
import { call } from './kinds.ts';

/** Who changed what. Written once, never changed; never holds a secret. */
export const auditEntry = z.object({
  id,
  at: instant,
  /** Empty for the program itself and for strangers. */
  personId: z.string(),
  personName: z.string(),
  /** The control call, such as `people.create`, or `session.signIn`. */
  action: z.string(),
  /** What it was about, as people call it. */
  subject: z.string(),
  /** `done`, or the code it was refused with. */
  outcome: z.string(),
  /** Where it came from. */
  address: z.string(),
});
export type AuditEntry = z.infer<typeof auditEntry>;

export const audit = {
  list: call(
    'GET',
    '/control/audit',
    z.strictObject({
      limit: z.coerce.number().int().min(1).max(1000).default(200),
      before: z.coerce.number().optional(),
      search: z.string().max(200).optional(),
    }),
    z.object({ entries: z.array(auditEntry), total: z.int() }),
  ),
  export: call(
    'GET',
    '/control/audit/export',
    z.strictObject({ format: z.enum(['csv', 'json']) }),
    z.object({ fileName: z.string(), mediaType: z.string(), text: z.string() }),
  ),
};
