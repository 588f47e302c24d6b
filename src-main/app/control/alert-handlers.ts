import type { ControlHandlers } from '../../contract/control.ts';
import type { Alerts } from '../../gateway/alerts/alerts.ts';
import { givenFields } from './given-fields.ts';

interface AlertHandlersDeps {
  readonly alerts: Alerts;
  readonly ownerPersonId: string;
}

export function createAlertHandlers({
  alerts,
  ownerPersonId,
}: AlertHandlersDeps): ControlHandlers['alerts'] {
  return {
    list: () => ({ alerts: alerts.list() }),
    settings: () => alerts.settings(),
    update: (patch, { personId }) =>
      alerts.update(givenFields(patch), { isOwner: personId === ownerPersonId }),
    test: () => alerts.test(),
    secret: () => alerts.secret.show(),
    newSecret: () => alerts.secret.renew(),
  };
}
