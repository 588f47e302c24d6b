import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import type { PoolMachine } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import type { Format } from '../../../i18n/format.ts';
import { Facts } from '../../../ui/Facts.tsx';
import { PageSection } from '../../../ui/Page.tsx';
import { useNow } from '../../../ui/use-now.ts';
import { MachineMemory } from './MachineMemory.tsx';
import { isHere, useMachineWords } from './machine-words.ts';

export interface MachineFactsProps {
  readonly machine: PoolMachine;
}

/** What is known about a machine: its hardware, its connection, and what it gave. */
export function MachineFacts({ machine }: MachineFactsProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const words = useMachineWords();
  const now = useNow(30_000);
  const isActive = isHere(machine);
  const facts = [
    { name: t('machines.fact.hardware'), value: machine.hardware || t('common.unknown') },
    machine.memory && {
      name: t(`machines.memory.${machine.memory.kind}`),
      value: <MachineMemory machine={machine} />,
    },
    isActive && { name: t('machines.fact.slots'), value: words.slots(machine) },
    isActive && { name: t('overview.column.rate'), value: format.rate(machine.tokensPerSecond) },
    {
      name: t('machines.fact.given'),
      value: t(machine.servedAnswers === 0 ? 'machines.givenTokens' : 'machines.given', {
        count: machine.servedAnswers,
        answers: format.count(machine.servedAnswers),
        tokens: format.compact(machine.servedTokens),
      }),
    },
    ...connectionFacts(machine, { t, format, now }),
    machine.version !== undefined && {
      name: t('machines.fact.version'),
      value: `Millpond ${machine.version}`,
    },
  ];
  return (
    <PageSection title={t('machines.facts')}>
      <Facts facts={facts.filter((fact) => typeof fact === 'object')} />
    </PageSection>
  );
}

interface Words {
  readonly t: TFunction;
  readonly format: Format;
  readonly now: number;
}

function connectionFacts(machine: PoolMachine, { t, format, now }: Words) {
  const { isThisMachine, roundTripMs, clockSkewMs, address, since, lastSeenAt } = machine;
  return [
    roundTripMs !== undefined && {
      name: t('machines.fact.roundTrip'),
      value: format.duration(roundTripMs),
    },
    clockSkewMs !== undefined &&
      !isThisMachine && {
        name: t('machines.fact.clock'),
        value: skewWords(clockSkewMs, t, format),
      },
    address !== undefined && {
      name: t('machines.fact.address'),
      value: <code>{address}</code>,
    },
    { name: t('machines.fact.since'), value: format.moment(since, now) },
    lastSeenAt !== undefined &&
      !isHere(machine) && {
        name: t('machines.fact.lastSeen'),
        value: format.moment(lastSeenAt, now),
      },
  ];
}

/** Less than this nobody needs to know: the network alone makes as much. */
const exactWithinMs = 1000;

function skewWords(skewMs: number, t: TFunction, format: Format): string {
  if (Math.abs(skewMs) < exactWithinMs) return t('machines.clock.exact');
  const key = skewMs > 0 ? 'ahead' : 'behind';
  return t(`machines.clock.${key}`, { time: format.duration(Math.abs(skewMs)) });
}
