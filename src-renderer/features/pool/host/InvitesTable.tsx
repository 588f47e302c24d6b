import { useTranslation } from 'react-i18next';
import type { Invite } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import { Button } from '../../../ui/Button.tsx';
import { StateBadge } from '../../../ui/StateBadge.tsx';
import type { Tone } from '../../../ui/StateBadge.tsx';
import { Cell, HeadCell, Table } from '../../../ui/Table.tsx';
import { useNow } from '../../../ui/use-now.ts';
import table from '../PoolTable.module.css';

export interface InvitesTableProps {
  readonly invites: readonly Invite[];
  readonly onRevoke: (invite: Invite) => void;
}

const tones: Readonly<Record<Invite['state'], Tone>> = {
  open: 'ok',
  'used-up': 'rest',
  expired: 'rest',
  revoked: 'rest',
};

/** Invites, newest first. Only their beginning is known: the rest was shown once. */
export function InvitesTable({ invites, onRevoke }: InvitesTableProps) {
  const { t } = useTranslation();
  return (
    <Table label={t('pool.tab.invites')}>
      <thead>
        <tr>
          <HeadCell>{t('host.invites.begins')}</HeadCell>
          <HeadCell>{t('host.invites.allows')}</HeadCell>
          <HeadCell className={table['wide']}>{t('host.invites.made')}</HeadCell>
          <HeadCell isFigure className={table['wide']}>
            {t('host.invites.used')}
          </HeadCell>
          <HeadCell className={table['wide']}>{t('host.invites.until')}</HeadCell>
          <HeadCell>{t('host.invites.state')}</HeadCell>
          <HeadCell>
            <span className="visually-hidden">{t('host.invites.actions')}</span>
          </HeadCell>
        </tr>
      </thead>
      <tbody>
        {invites.map((invite) => (
          <InviteRow key={invite.id} invite={invite} onRevoke={onRevoke} />
        ))}
      </tbody>
    </Table>
  );
}

interface InviteRowProps {
  readonly invite: Invite;
  readonly onRevoke: (invite: Invite) => void;
}

function InviteRow({ invite, onRevoke }: InviteRowProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(30_000);
  const { prefix, rights, role, trust, models, uses, maxUses, expiresAt, state } = invite;
  const details = [
    t(`pool.role.${role}`),
    ...(rights === 'ask' ? [] : [t('host.invites.machine', { trust: t(`pool.trust.${trust}`) })]),
    ...(models.length === 0 ? [] : [t('host.invites.models', { count: models.length })]),
  ];
  return (
    <tr>
      <Cell>
        <code>{prefix}…</code>
      </Cell>
      <Cell>
        {t(`host.rights.${rights}`)}
        <p className={table['detail']}>{details.join(' · ')}</p>
      </Cell>
      <Cell className={table['wide']}>{format.moment(invite.createdAt, now)}</Cell>
      <Cell isFigure className={table['wide']}>
        {maxUses === undefined
          ? format.count(uses)
          : t('host.invites.usedOf', { uses: format.count(uses), max: format.count(maxUses) })}
      </Cell>
      <Cell className={table['wide']}>
        {expiresAt === undefined ? t('host.invites.always') : format.until(expiresAt, now)}
      </Cell>
      <Cell>
        <StateBadge tone={tones[state]}>{t(`host.invites.is.${state}`)}</StateBadge>
      </Cell>
      <Cell isFigure>
        {state === 'open' && (
          <Button
            size="row"
            variant="danger"
            aria-label={t('host.invites.revokeName', { prefix })}
            onClick={() => {
              onRevoke(invite);
            }}
          >
            {t('host.invites.revoke')}
          </Button>
        )}
      </Cell>
    </tr>
  );
}
