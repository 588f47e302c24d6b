import { useTranslation } from 'react-i18next';
import type { PoolMachine, PoolOverview } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import { Link } from '../../../ui/Link.tsx';
import { Slots } from '../../../ui/Slots.tsx';
import { StateBadge } from '../../../ui/StateBadge.tsx';
import { MachineMemory } from '../machines/MachineMemory.tsx';
import { isHere, machineTones, useMachineWords } from '../machines/machine-words.ts';
import styles from './Box.module.css';
import { useAnsweringWords } from './answering-words.ts';
import type { BoxProps } from './box-props.ts';
import { lossesOf } from './topology.ts';

export interface MachineBoxProps extends BoxProps {
  readonly machine: PoolMachine;
  readonly overview: PoolOverview;
  /** For the seconds since it was lost. */
  readonly now: number;
}

/** A machine: whose, in what state, how busy. Enter opens it. */
export function MachineBox({ machine, overview, now, boxKey, style }: MachineBoxProps) {
  const words = useMachineWords();
  const format = useFormat();
  const answering = useAnsweringWords(machine.id, overview);
  const isActive = isHere(machine);
  return (
    <li className={styles['place']} style={style}>
      <Link
        to={{ page: 'pool', place: overview.poolId, tab: 'machines', item: machine.id }}
        data-box={boxKey}
        data-phase={machine.phase}
        className={styles['box']}
      >
        <span className={styles['line']}>
          <b className={styles['name']}>{machine.name}</b>
          <span className={styles['owner']}>{words.owner(machine)}</span>
          <StateBadge tone={machineTones[machine.phase]}>{words.phase(machine, now)}</StateBadge>
        </span>
        <span className={styles['line']}>
          <Why machine={machine} overview={overview} now={now} />
          {machine.roundTripMs !== undefined && (
            <span className={styles['end']}>{format.duration(machine.roundTripMs)}</span>
          )}
        </span>
        <span className={styles['line']}>
          <Slots busy={machine.busySlots} total={machine.slots} queued={0} />
          <span>{isActive ? words.slots(machine) : '–'}</span>
          {isActive && <Speed machine={machine} />}
        </span>
        <MachineMemory machine={machine} />
        {answering !== '' && <span className={styles['answering']}>{answering}</span>}
      </Link>
    </li>
  );
}

function Speed({ machine }: Pick<MachineBoxProps, 'machine'>) {
  const { t } = useTranslation();
  const format = useFormat();
  if (machine.busySlots === 0) return <span className={styles['end']}>{t('overview.idle')}</span>;
  return <b className={styles['end']}>{format.rate(machine.tokensPerSecond)}</b>;
}

/** What matters most now: answers that it left behind, why it rests, a model that lies, or its hardware. */
function Why({ machine, overview, now }: Pick<MachineBoxProps, 'machine' | 'overview' | 'now'>) {
  const { t } = useTranslation();
  const words = useMachineWords();
  const quarantined = machine.models.find(({ proof }) => proof === 'quarantined');
  const moved = lossesOf(machine, overview.events).filter(({ kind }) => kind === 'answer-moved');
  if (machine.phase === 'lost' && moved.length > 0) {
    return (
      <span className={styles['why']}>
        {t('overview.wentOn', { count: moved.length, to: moved[0]?.to ?? '' })}
      </span>
    );
  }
  const reason = words.reason(machine, now);
  if (reason !== '') return <span className={styles['why']}>{reason}</span>;
  if (quarantined !== undefined) {
    return (
      <StateBadge tone="fail" className={styles['why']}>
        {t('machines.quarantinedShort', { model: quarantined.name })}
      </StateBadge>
    );
  }
  return <span className={styles['why']}>{machine.hardware}</span>;
}
