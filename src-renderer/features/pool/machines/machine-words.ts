import { useTranslation } from 'react-i18next';
import type { PoolMachine } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import type { Format } from '../../../i18n/format.ts';
import { sentence } from '../../../i18n/sentence.ts';
import type { Tone } from '../../../ui/StateBadge.tsx';

/** A pause that its owner's own rule made is normal; a loss is not. */
export const machineTones: Readonly<Record<PoolMachine['phase'], Tone>> = {
  online: 'ok',
  finishing: 'work',
  paused: 'paused',
  lost: 'fail',
  offline: 'rest',
};

/** Whether it can answer, or will again in a moment. */
export function isHere({ phase }: PoolMachine): boolean {
  return phase === 'online' || phase === 'finishing' || phase === 'paused';
}

/** Words about machines, in the language on screen. */
export function useMachineWords() {
  const { t } = useTranslation();
  const format = useFormat();
  return {
    /** *Sharing*, *Paused*, *Lost 14 s ago*. */
    phase(machine: PoolMachine, now: number): string {
      if (machine.phase !== 'lost') return t(`machines.phase.${machine.phase}`);
      const seconds = Math.max(0, Math.floor((now - machine.since) / 1000));
      return seconds < 60
        ? t('machines.lostSeconds', { seconds: format.count(seconds) })
        : t('machines.lostAgo', { ago: format.ago(machine.since, now) });
    },
    /** Whose it is, or that it is this one. */
    owner: (machine: PoolMachine): string =>
      machine.isThisMachine ? t('machines.thisOne') : machine.personName,
    /** Why it is as it is, and when it is back; empty where there is nothing to say. */
    reason(machine: PoolMachine, now: number): string {
      const back =
        machine.backAt === undefined
          ? ''
          : t('machines.backAt', { time: format.until(machine.backAt, now) });
      return [machine.reason === '' ? '' : sentence(machine.reason), sentence(back)]
        .filter(Boolean)
        .join(' ');
    },
    slots: ({ busySlots, slots }: Pick<PoolMachine, 'busySlots' | 'slots'>): string =>
      t('machines.slots', { busy: format.count(busySlots), slots: format.count(slots) }),
    memory: ({ memory }: PoolMachine): string =>
      memory === undefined ? '–' : memoryText(memory, t('machines.of'), format),
  };
}

/** "17.0 of 24 GB"; only the whole where nobody knows how much is used. */
function memoryText(
  { usedBytes, totalBytes }: NonNullable<PoolMachine['memory']>,
  of: string,
  format: Format,
): string {
  const total = format.memory(totalBytes);
  if (usedBytes === undefined) return total;
  const [used = '', usedUnit] = format.memory(usedBytes).split('\u202f');
  const unit = total.split('\u202f')[1];
  return `${usedUnit === unit ? used : format.memory(usedBytes)} ${of} ${total}`;
}
