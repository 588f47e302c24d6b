import { useTranslation } from 'react-i18next';
import type { PoolMachine, PoolOverview } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import { Link } from '../../../ui/Link.tsx';
import { rowKeys } from '../../../ui/row-keys.ts';
import { Slots } from '../../../ui/Slots.tsx';
import { StateBadge } from '../../../ui/StateBadge.tsx';
import { Cell, HeadCell, Table } from '../../../ui/Table.tsx';
import { useNow } from '../../../ui/use-now.ts';
import { useAnsweringWords } from '../topology/answering-words.ts';
import { isHere, machineTones, useMachineWords } from './machine-words.ts';
import table from '../PoolTable.module.css';
import styles from './MachinesTable.module.css';

export interface MachinesTableProps {
  readonly overview: PoolOverview;
}

/** Every machine of a pool in a row. Arrows move, Enter opens one. */
export function MachinesTable({ overview }: MachinesTableProps) {
  const { t } = useTranslation();
  const { machines } = overview;
  const now = useNow(
    1000,
    machines.some(({ phase }) => phase === 'lost'),
  );
  return (
    <Table label={t('overview.machines')}>
      <thead>
        <tr>
          <HeadCell>{t('machines.column.machine')}</HeadCell>
          <HeadCell className={table['wide']}>{t('machines.column.state')}</HeadCell>
          <HeadCell>{t('machines.column.slots')}</HeadCell>
          <HeadCell className={table['spare']}>{t('machines.column.answering')}</HeadCell>
          <HeadCell className={table['wide']}>{t('machines.column.trust')}</HeadCell>
          <HeadCell isFigure className={table['spare']}>
            {t('machines.column.roundTrip')}
          </HeadCell>
          <HeadCell isFigure>{t('overview.column.rate')}</HeadCell>
        </tr>
      </thead>
      <tbody ref={rowKeys}>
        {machines.map((machine) => (
          <MachineRow key={machine.id} {...{ machine, overview, now }} />
        ))}
      </tbody>
    </Table>
  );
}

interface MachineRowProps {
  readonly machine: PoolMachine;
  readonly overview: PoolOverview;
  readonly now: number;
}

function MachineRow({ machine, overview, now }: MachineRowProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const words = useMachineWords();
  const answering = useAnsweringWords(machine.id, overview);
  const state = (
    <StateBadge tone={machineTones[machine.phase]}>{words.phase(machine, now)}</StateBadge>
  );
  const reason = words.reason(machine, now);
  return (
    <tr>
      <Cell>
        <Link
          to={{ page: 'pool', place: overview.poolId, tab: 'machines', item: machine.id }}
          data-row-focus
          className={table['name']}
        >
          {machine.name}
        </Link>
        <span className={table['detail']}>
          {[words.owner(machine), machine.hardware].filter(Boolean).join(' · ')}
        </span>
        <span className={table['narrow']}>{state}</span>
      </Cell>
      <Cell className={table['wide']}>
        {state}
        {reason !== '' && <span className={table['detail']}>{reason}</span>}
      </Cell>
      <Cell>
        {isHere(machine) ? (
          <span className={styles['slots']}>
            <Slots busy={machine.busySlots} total={machine.slots} queued={0} />
            {words.slots(machine)}
          </span>
        ) : (
          '–'
        )}
      </Cell>
      <Cell className={table['spare']}>{answering === '' ? '–' : answering}</Cell>
      <Cell className={table['wide']}>{t(`machines.trust.${machine.trust}`)}</Cell>
      <Cell isFigure className={table['spare']}>
        {format.duration(machine.roundTripMs)}
      </Cell>
      <Cell isFigure>{isHere(machine) ? format.rate(machine.tokensPerSecond) : '–'}</Cell>
    </tr>
  );
}
