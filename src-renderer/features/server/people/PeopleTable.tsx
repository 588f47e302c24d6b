import { Ellipsis, KeyRound, Pencil, Trash2 } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { Account } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import { useMe } from '../../../state/me.ts';
import { IconButton } from '../../../ui/IconButton.tsx';
import { Menu, MenuItem, MenuSeparator } from '../../../ui/Menu.tsx';
import { StateBadge } from '../../../ui/StateBadge.tsx';
import { ActionsHeadCell, Cell, HeadCell, Table } from '../../../ui/Table.tsx';
import { useNow } from '../../../ui/use-now.ts';
import table from '../../pool/PoolTable.module.css';
import { LimitLevels } from '../limits/LimitLevels.tsx';
import { mayManage } from './person-draft.ts';
import { PersonRole } from './PersonRole.tsx';

export type PersonDeed = 'change' | 'reset' | 'remove';

export interface PeopleTableProps {
  readonly people: readonly Account[];
  readonly onChanged: () => void;
  readonly onDeed: (deed: PersonDeed, person: Account) => void;
}

export function PeopleTable(props: PeopleTableProps) {
  const { t } = useTranslation();
  return (
    <Table label={t('people.title')}>
      <thead>
        <tr>
          <HeadCell>{t('people.column.name')}</HeadCell>
          <HeadCell>{t('people.column.role')}</HeadCell>
          <HeadCell className={table['wide']}>{t('people.column.state')}</HeadCell>
          <HeadCell className={table['wide']}>{t('limits.title')}</HeadCell>
          <HeadCell className={table['spare']}>{t('people.column.pools')}</HeadCell>
          <HeadCell isFigure className={table['spare']}>
            {t('people.column.keys')}
          </HeadCell>
          <ActionsHeadCell />
        </tr>
      </thead>
      <tbody>
        {props.people.map((person) => (
          <PersonRow key={person.id} {...props} person={person} />
        ))}
      </tbody>
    </Table>
  );
}

interface PersonRowProps extends PeopleTableProps {
  readonly person: Account;
}

function PersonRow({ person, onChanged, onDeed }: PersonRowProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const me = useMe((state) => state.me);
  const { name, role, pools, keys, uses } = person;
  const isSelf = me?.personId === person.id;
  const isFixed = isSelf || !mayManage(me?.gatewayRole, role);
  const levels = <LimitLevels name={name} uses={uses} />;
  const state = <PersonState person={person} />;
  return (
    <tr>
      <Cell>
        <span className={table['name']}>{name}</span>
        {isSelf && <span className={table['detail']}>{t('people.you')}</span>}
        {person.isPoolOnly === true && (
          <span className={table['detail']}>{t('people.poolOnly')}</span>
        )}
        <span className={table['narrow']}>{state}</span>
        <span className={table['narrow']}>{levels}</span>
      </Cell>
      <Cell>
        {isFixed ? t(`pool.role.${role}`) : <PersonRole person={person} onChanged={onChanged} />}
      </Cell>
      <Cell className={table['wide']}>{state}</Cell>
      <Cell className={table['wide']}>{levels}</Cell>
      <Cell className={table['spare']}>{pools.map((pool) => pool.name).join(', ') || '–'}</Cell>
      <Cell isFigure className={table['spare']}>
        {format.count(keys)}
      </Cell>
      <Cell isFigure>{!isFixed && <PersonMenu person={person} onDeed={onDeed} />}</Cell>
    </tr>
  );
}

function PersonMenu({ person, onDeed }: Pick<PersonRowProps, 'person' | 'onDeed'>) {
  const { t } = useTranslation();
  const item = (deed: PersonDeed) => () => {
    onDeed(deed, person);
  };
  return (
    <Menu
      trigger={
        <IconButton
          size="row"
          icon={Ellipsis}
          label={t('common.moreAbout', { name: person.name })}
        />
      }
    >
      <MenuItem icon={Pencil} onSelect={item('change')}>
        {t('people.change')}
      </MenuItem>
      <MenuItem icon={KeyRound} onSelect={item('reset')}>
        {t(person.hasPassword ? 'people.reset.deed' : 'people.reset.newCode')}
      </MenuItem>
      <MenuSeparator />
      <MenuItem icon={Trash2} isDanger onSelect={item('remove')}>
        {t('common.remove')}
      </MenuItem>
    </Menu>
  );
}

/** Whether they can come in, and when they were last here. */
function PersonState({ person }: Pick<PersonRowProps, 'person'>) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(30_000);
  const { hasPassword, codeUntil, lastSeenAt } = person;
  if (codeUntil !== undefined && codeUntil > now) {
    return (
      <StateBadge tone="waiting">
        {t('people.state.code', { time: format.until(codeUntil, now) })}
      </StateBadge>
    );
  }
  if (lastSeenAt !== undefined) {
    return <>{t('people.state.seen', { time: format.ago(lastSeenAt, now) })}</>;
  }
  return (
    <StateBadge tone="rest">
      {t(hasPassword ? 'people.state.never' : 'people.state.noPassword')}
    </StateBadge>
  );
}
