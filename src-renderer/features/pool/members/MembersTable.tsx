import { useTranslation } from 'react-i18next';
import type { Member } from '../../../api.ts';
import { Cell, HeadCell, Table } from '../../../ui/Table.tsx';
import { useFormat } from '../../../i18n/format.ts';
import { Button } from '../../../ui/Button.tsx';
import { StateBadge } from '../../../ui/StateBadge.tsx';
import { useNow } from '../../../ui/use-now.ts';
import { RoleChoice } from './RoleChoice.tsx';
import table from '../PoolTable.module.css';
import styles from './MembersTab.module.css';

export interface MembersTableProps {
  readonly poolId: string;
  readonly members: readonly Member[];
  readonly mayManage: boolean;
  readonly onChanged: (member: Member) => void;
  readonly onChooseModels: (member: Member) => void;
  readonly onRemove: (member: Member) => void;
}

export function MembersTable(props: MembersTableProps) {
  const { t } = useTranslation();
  return (
    <Table label={t('pool.tab.members')}>
      <thead>
        <tr>
          <HeadCell>{t('members.column.name')}</HeadCell>
          <HeadCell className={table['wide']}>{t('members.column.devices')}</HeadCell>
          <HeadCell>{t('members.column.role')}</HeadCell>
          <HeadCell className={table['wide']}>{t('members.column.models')}</HeadCell>
          <HeadCell isFigure className={table['spare']}>
            {t('members.column.served')}
          </HeadCell>
          <HeadCell isFigure className={table['spare']}>
            {t('members.column.consumed')}
          </HeadCell>
          <HeadCell>
            <span className="visually-hidden">{t('members.column.deeds')}</span>
          </HeadCell>
        </tr>
      </thead>
      <tbody>
        {props.members.map((member) => (
          <MemberRow key={member.personId} {...props} member={member} />
        ))}
      </tbody>
    </Table>
  );
}

interface MemberRowProps extends MembersTableProps {
  readonly member: Member;
}

function MemberRow(props: MemberRowProps) {
  const { poolId, member, mayManage, onChanged, onChooseModels, onRemove } = props;
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(60_000);
  const { name, role, servedTokens, consumedTokens } = member;
  const isFixed = role === 'owner' || !mayManage;
  return (
    <tr>
      <Cell>
        <span className={table['name']}>{name}</span>
        <span className={table['detail']}>
          {t('members.since', { time: format.moment(member.joinedAt, now) })}
        </span>
        <span className={table['narrow']}>
          <Devices devices={member.devices} />
        </span>
      </Cell>
      <Cell className={table['wide']}>
        <Devices devices={member.devices} />
      </Cell>
      <Cell>
        {isFixed ? (
          t(`pool.role.${role}`)
        ) : (
          <RoleChoice poolId={poolId} member={member} onChanged={onChanged} />
        )}
      </Cell>
      <Cell className={table['wide']}>
        <AskedModels member={member} {...(!isFixed && { onChoose: onChooseModels })} />
      </Cell>
      <Cell isFigure className={table['spare']}>
        {format.compact(servedTokens)}
      </Cell>
      <Cell isFigure className={table['spare']}>
        {format.compact(consumedTokens)}
      </Cell>
      <Cell isFigure>
        {!isFixed && (
          <Button
            size="row"
            variant="danger"
            aria-label={t('members.removeName', { name })}
            onClick={() => {
              onRemove(member);
            }}
          >
            {t('members.remove')}
          </Button>
        )}
      </Cell>
    </tr>
  );
}

interface AskedModelsProps {
  readonly member: Member;
  /** Absent: it cannot be changed. */
  readonly onChoose?: (member: Member) => void;
}

/** How many of the pool's models a member may ask. */
function AskedModels({ member, onChoose }: AskedModelsProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { name, models } = member;
  const words =
    models === undefined
      ? t('members.allModels')
      : t('members.someModels', { count: models.length, models: format.count(models.length) });
  if (onChoose === undefined) return <>{words}</>;
  return (
    <Button
      size="row"
      variant="quiet"
      className={table['flush']}
      aria-label={t('members.chooseModels', { name, models: words })}
      onClick={() => {
        onChoose(member);
      }}
    >
      {words}
    </Button>
  );
}

/** The devices of a person: here or not, and whether they answer for others. */
function Devices({ devices }: Pick<Member, 'devices'>) {
  const { t } = useTranslation();
  if (devices.length === 0) return <>{t('members.noDevices')}</>;
  return (
    <ul className={styles['devices']}>
      {devices.map(({ id, name, isOnline, mayServe }) => (
        <li key={id}>
          <StateBadge tone={isOnline ? 'ok' : 'rest'}>{name}</StateBadge>
          <span className="visually-hidden">
            {', '}
            {t(isOnline ? 'members.online' : 'members.offline')}
          </span>
          {!mayServe && <span className={table['detail']}>{t('members.asksOnly')}</span>}
        </li>
      ))}
    </ul>
  );
}
