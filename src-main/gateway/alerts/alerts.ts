import type { Alert, AlertSettings } from '../../contract/alerts.ts';
import type { Clock } from '../../core/clock.ts';
import { MillpondError } from '../../core/error.ts';
import { newId } from '../../core/identity.ts';
import type { Logger } from '../../platform/logger.ts';
import type { AlertStore, StoredAlert } from './ports.ts';
import type { WebhookSecret } from './webhook-secret.ts';
import { type Webhook, checkWebhookUrl } from './webhook.ts';

export type AlertKind = Alert['kind'];

/** What somebody should look at. Each is told once when it begins and once when it is over. */
export interface Alerts {
  /** Begins one, unless one of this kind about this subject lasts already. `message` is one sentence. */
  readonly raise: (kind: AlertKind, subject: string, message: string) => void;
  /** Ends the one that lasts, if any. */
  readonly end: (kind: AlertKind, subject: string) => void;
  /** Newest first. */
  list(): Alert[];
  settings(): AlertSettings;
  /** Rejects with `invalid-request` or `forbidden` where the webhook's address may not be used. */
  update(patch: Partial<AlertSettings>, by: { readonly isOwner: boolean }): Promise<AlertSettings>;
  /** Sends a test to the webhook. Rejects with one sentence when nobody answered. */
  test(): Promise<{ readonly status: number }>;
  readonly secret: Pick<WebhookSecret, 'show' | 'renew'>;
  close(): Promise<void>;
}

export interface AlertsDeps {
  readonly store: AlertStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly webhook: Webhook;
  /** What the webhook's messages are signed with. */
  readonly secret: Pick<WebhookSecret, 'show' | 'renew'>;
  /** Tells whoever looks. */
  readonly publish: (alert: Alert) => void;
}

export const defaultAlertSettings: AlertSettings = {
  kinds: ['node-offline', 'error-rate', 'budget', 'breaker', 'store'],
  offlineAfterSeconds: 120,
  errorShare: 0.2,
};

/** Kept in memory and at rest. */
const keptAlerts = 500;

/** Reads what earlier runs left: nothing of it lasts any more, since nobody watched. */
export async function openAlerts(deps: AlertsDeps): Promise<Alerts> {
  const [stored, settings] = await Promise.all([
    deps.store.list(keptAlerts),
    deps.store.settings(),
  ]);
  const alerts = new MemoryAlerts(deps, stored, settings ?? defaultAlertSettings);
  alerts.endAll();
  return alerts;
}

class MemoryAlerts implements Alerts {
  readonly secret: Alerts['secret'];
  private readonly deps: AlertsDeps;
  private alerts: readonly StoredAlert[];
  private current: AlertSettings;
  private readonly writes = new Set<Promise<void>>();

  constructor(deps: AlertsDeps, stored: readonly StoredAlert[], settings: AlertSettings) {
    this.deps = deps;
    this.secret = deps.secret;
    this.alerts = stored;
    this.current = settings;
  }

  readonly raise = (kind: AlertKind, subject: string, message: string): void => {
    if (!this.current.kinds.includes(kind) || this.lasting(kind, subject)) return;
    const at = this.deps.clock.now();
    this.keep({ id: newId(), at, kind, subject, message });
  };

  readonly end = (kind: AlertKind, subject: string): void => {
    const alert = this.lasting(kind, subject);
    if (alert !== undefined) this.keep({ ...alert, endedAt: this.deps.clock.now() });
  };

  /** Quietly: whoever was told of them has restarted Millpond since. */
  endAll(): void {
    const endedAt = this.deps.clock.now();
    for (const alert of this.alerts) {
      if (alert.endedAt === undefined) this.store({ ...alert, endedAt });
    }
  }

  list(): Alert[] {
    return this.alerts.map(shown);
  }

  settings(): AlertSettings {
    return this.current;
  }

  async update(
    patch: Partial<AlertSettings>,
    { isOwner }: { readonly isOwner: boolean },
  ): Promise<AlertSettings> {
    const { webhookUrl: former, ...kept } = this.current;
    const { webhookUrl = former, ...change } = patch;
    const isOff = webhookUrl === undefined || webhookUrl === '';
    if (!isOff && webhookUrl !== former) checkWebhookUrl(webhookUrl, isOwner);
    const next: AlertSettings = { ...kept, ...change, ...(!isOff && { webhookUrl }) };
    await this.deps.store.saveSettings(next);
    this.current = next;
    for (const { kind, subject, endedAt } of this.alerts) {
      if (endedAt === undefined && !next.kinds.includes(kind)) this.end(kind, subject);
    }
    return next;
  }

  async test(): Promise<{ readonly status: number }> {
    const { webhookUrl } = this.current;
    if (webhookUrl === undefined) {
      throw new MillpondError('conflict', 'Enter the address of a webhook first');
    }
    const message = 'This is a test: Millpond reaches your webhook';
    const at = this.deps.clock.now();
    const alert: Alert = { id: newId(), at, kind: 'store', message, endedAt: at };
    return { status: await this.deps.webhook.send(webhookUrl, { ...alert, isTest: true }) };
  }

  async close(): Promise<void> {
    this.deps.webhook.close();
    await Promise.all(this.writes);
  }

  private lasting(kind: AlertKind, subject: string): StoredAlert | undefined {
    return this.alerts.find(
      (alert) => alert.kind === kind && alert.subject === subject && alert.endedAt === undefined,
    );
  }

  private keep(alert: StoredAlert): void {
    this.store(alert);
    this.deps.publish(shown(alert));
    const { webhookUrl } = this.current;
    if (webhookUrl !== undefined) this.deps.webhook.deliver(webhookUrl, shown(alert));
  }

  private store(alert: StoredAlert): void {
    const others = this.alerts.filter(({ id }) => id !== alert.id);
    this.alerts = [alert, ...others].toSorted((a, b) => b.at - a.at).slice(0, keptAlerts);
    // The store itself may be what is wrong: people are told all the same.
    const write = this.deps.store.save(alert, keptAlerts).catch((error: unknown) => {
      this.deps.logger.warn({ err: error, alertId: alert.id }, 'an alert was not stored');
    });
    this.writes.add(write);
    void write.finally(() => this.writes.delete(write));
  }
}

function shown({ subject: _subject, ...alert }: StoredAlert): Alert {
  return alert;
}
