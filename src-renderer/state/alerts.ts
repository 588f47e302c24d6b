import { create } from 'zustand';
import { api, events, onResync } from '../api.ts';
import type { Alert } from '../api.ts';
import { mayDo } from './may.ts';
import { useMe } from './me.ts';
import { createToldLast } from './told-last.ts';

interface AlertsState {
  /** Newest first; undefined until the first answer. */
  readonly alerts: readonly Alert[] | undefined;
  /** The one that was raised last while this window was open. */
  readonly raised: Alert | undefined;
}

/** What went wrong at the gateway, for who looks after it. */
export const useAlerts = create<AlertsState>()(() => ({ alerts: undefined, raised: undefined }));

const { answer, told } = createToldLast();

/** The list with one alert added or replaced, newest first. */
export function withAlert(alerts: readonly Alert[], changed: Alert): readonly Alert[] {
  return [changed, ...alerts.filter(({ id }) => id !== changed.id)].toSorted((a, b) => b.at - a.at);
}

/** Asked by who may read them; what is missed now is asked for after the next gap. */
export async function refreshAlerts(): Promise<void> {
  if (!mayDo(useMe.getState().me, 'readEverybodysLog')) return;
  await answer(api.alerts.list({}), ({ alerts }) => {
    useAlerts.setState({ alerts: alerts.reduce(withAlert, []) });
  }).catch(() => undefined);
}

export function followAlerts(): void {
  onResync(() => void refreshAlerts());
  // Who this is may be known only after the first answer.
  useMe.subscribe(({ me }, before) => {
    if (me?.gatewayRole !== before.me?.gatewayRole) void refreshAlerts();
  });
  events.alerts.onRaised(({ alert }) => {
    told(() => {
      useAlerts.setState(({ alerts }) => ({
        alerts: withAlert(alerts ?? [], alert),
        ...(alert.endedAt === undefined && { raised: alert }),
      }));
    });
  });
}
