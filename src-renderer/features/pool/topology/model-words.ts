import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../i18n/format.ts';
import type { PoolModel } from './topology.ts';

/** Words about a pool's models, in the language on screen. */
export function useModelWords() {
  const { t } = useTranslation();
  const format = useFormat();
  return {
    /** Where it is, and whether it would have to be loaded. */
    machines: ({ machines, machinesReady }: PoolModel): string =>
      machinesReady === 0
        ? t('overview.model.notLoaded', { count: machines, machines: format.count(machines) })
        : t('overview.model.ready', {
            count: machines,
            ready: format.count(machinesReady),
            machines: format.count(machines),
          }),
    slots: ({ busySlots, slots, waiting }: PoolModel): string =>
      [
        t('overview.model.slots', { busy: format.count(busySlots), slots: format.count(slots) }),
        waiting > 0 && t('overview.inLine', { count: waiting, waiting: format.count(waiting) }),
      ]
        .filter((part) => part !== false)
        .join(', '),
  };
}
