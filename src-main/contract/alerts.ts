import { z } from 'zod';
import { id, instant, nothing } from './common.ts';
import { call, notify } from './kinds.ts';

export const alertKind = z.enum(['node-offline', 'error-rate', 'budget', 'breaker', 'store']);

export const alert = z.object({
  id,
  at: instant,
  kind: alertKind,
  /** One sentence. */
  message: z.string(),
  /** It is over since; absent while it lasts. */
  endedAt: instant.optional(),
});
export type Alert = z.infer<typeof alert>;

export const alertSettings = z.strictObject({
  /** Kinds that are told. */
  kinds: z.array(alertKind),
  /** Told by a POST with JSON; absent: nowhere. */
  webhookUrl: z.string().max(500).optional(),
  /** A machine is missed after so many seconds. */
  offlineAfterSeconds: z.int().min(10).max(86_400),
  /** Share of failed requests within five minutes, from twenty requests on. */
  errorShare: z.number().min(0.01).max(1),
});
export type AlertSettings = z.infer<typeof alertSettings>;

/** What alerts are signed with, as Standard Webhooks has it. */
export const webhookSecret = z.object({
  /** `whsec_…` */
  secret: z.string(),
  /** The former one signs as well until then; absent: it does not. */
  formerUntil: instant.optional(),
});
export type WebhookSecretView = z.infer<typeof webhookSecret>;

export const alerts = {
  list: call('GET', '/control/alerts', nothing, z.object({ alerts: z.array(alert) })),
  settings: call('GET', '/control/alerts/settings', nothing, alertSettings),
  update: call('PATCH', '/control/alerts/settings', alertSettings.partial(), alertSettings),
  /** Sends a test to the webhook; the answer says what came back. */
  test: call('POST', '/control/alerts/test', nothing, z.object({ status: z.int() })),
  /** Made when it is first asked for. */
  secret: call('GET', '/control/alerts/secret', nothing, webhookSecret),
  /** The former one signs as well for a day. */
  newSecret: call('POST', '/control/alerts/secret', nothing, webhookSecret),
  onRaised: notify('alerts.raised', z.object({ alert })),
};
