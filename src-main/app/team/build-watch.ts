import { alerts as contract } from '../../contract/alerts.ts';
import { openAlerts } from '../../gateway/alerts/alerts.ts';
import type { Alerts } from '../../gateway/alerts/alerts.ts';
import type { AlertStore, Secrets } from '../../gateway/alerts/ports.ts';
import { watchForAlerts } from '../../gateway/alerts/watch.ts';
import type { AlertSources, AlertWatch } from '../../gateway/alerts/watch.ts';
import { createWebhookSecret } from '../../gateway/alerts/webhook-secret.ts';
import { createWebhook } from '../../gateway/alerts/webhook.ts';
import { telemetryTarget } from '../../gateway/telemetry/target.ts';
import { createTelemetry } from '../../gateway/telemetry/telemetry.ts';
import type { Telemetry } from '../../gateway/telemetry/telemetry.ts';
import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import type { Outgoing } from '../../platform/http/outgoing.ts';

interface WatchDeps {
  readonly store: AlertStore;
  readonly sources: AlertSources;
  readonly secrets: Secrets;
  readonly outgoing: Pick<Outgoing, 'client' | 'publicClient'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly version: string;
  readonly gatewayName: () => string;
  /** The collector of the settings; empty: that of the environment. */
  readonly telemetryEndpoint: () => string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Tells every open tab. */
  readonly publish: (topic: string, data: unknown) => void;
}

/** Who looks at requests that ended besides log and metrics. */
export interface BuiltWatch {
  readonly alerts: Alerts;
  readonly watch: AlertWatch;
  readonly telemetry: Telemetry;
  close(): Promise<void>;
}

export async function buildWatch(deps: WatchDeps): Promise<BuiltWatch> {
  const { clock, logger, outgoing } = deps;
  const secret = createWebhookSecret({ secrets: deps.secrets, clock });
  const alerts = await openAlerts({
    ...{ clock, logger, store: deps.store, secret },
    publish: (alert) => {
      deps.publish(contract.onRaised.topic, { alert });
    },
    webhook: createWebhook({
      ...{ clock, logger, secret, gatewayName: deps.gatewayName },
      publicHttp: outgoing.publicClient('alert'),
      ownHttp: outgoing.client('alert'),
    }),
  });
  const watch = watchForAlerts({ alerts, clock, sources: deps.sources });
  const telemetry = createTelemetry({
    ...{ clock, logger, version: deps.version },
    http: outgoing.client('telemetry'),
    target: () => telemetryTarget(deps.telemetryEndpoint(), deps.environment),
  });
  return {
    ...{ alerts, watch, telemetry },
    async close() {
      watch.stop();
      await Promise.all([alerts.close(), telemetry.close()]);
    },
  };
}
