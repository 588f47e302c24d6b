import { z } from 'zod';
import { instant, nothing } from './common.ts';
import { call, notify } from './kinds.ts';

/** Why a connection was opened. */
export const connectionPurpose = z.enum([
  'hub',
  'download',
  'attached-server',
  'sidecar',
  'runtime',
  'pool',
  'provider',
  'telemetry',
  'alert',
  'picture',
  'update',
]);

export const contactedHost = z.object({
  host: z.string(),
  /** This machine itself. */
  isLoopback: z.boolean(),
  purposes: z.array(connectionPurpose),
  requests: z.int(),
  /** Bodies sent, in bytes: prompts would show here. */
  sentBytes: z.number(),
  receivedBytes: z.number(),
  /** Attempts that *Local only* did not let out. */
  refused: z.int(),
  lastAt: instant,
});
export type ContactedHost = z.infer<typeof contactedHost>;

/** *What left this machine*: counted where connections are opened, since the start. */
export const privacy = {
  contacts: call(
    'GET',
    '/control/privacy/contacts',
    nothing,
    z.object({ since: instant, localOnly: z.boolean(), hosts: z.array(contactedHost) }),
  ),
  /** At most once a second. */
  onContact: notify('privacy.contact', z.object({ host: contactedHost })),
};
