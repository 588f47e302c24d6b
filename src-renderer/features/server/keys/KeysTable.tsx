import { useTranslation } from 'react-i18next';
import type { ApiKey } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import { useMe } from '../../../state/me.ts';
import { Button } from '../../../ui/Button.tsx';
import { StateBadge } from '../../../ui/StateBadge.tsx';
import { ActionsHeadCell, Cell, HeadCell, Table } from '../../../ui/Table.tsx';
import { useNow } from '../../../ui/use-now.ts';
import { ChangeButton } from '../ChangeButton.tsx';
import { LimitLevels } from '../limits/LimitLevels.tsx';
import { KeyScope } from './KeyScope.tsx';
import table from '../../pool/PoolTable.module.css';
import styles from './KeysTab.module.css';

export interface KeysTableProps {
  readonly keys: readonly ApiKey[];
  /** Whose keys they are is worth a line only where there are other people's. */
  readonly showsPeople: boolean;
  readonly mayChange: boolean;
  readonly onChange: (key: ApiKey) => void;
  readonly onRevoke: (key: ApiKey) => void;
}

export function KeysTable(props: KeysTableProps) {
  const { t } = useTranslation();
  return (
    <Table label={t('server.keys')}>
      <thead>
        <tr>
          <HeadCell>{t('server.key.name')}</HeadCell>
          <HeadCell className={table['wide']}>{t('server.key.begins')}</HeadCell>
          <HeadCell className={table['wide']}>{t('limits.title')}</HeadCell>
          <HeadCell className={table['spare']}>{t('server.key.mayAsk')}</HeadCell>
          <HeadCell className={table['wide']}>{t('server.key.until')}</HeadCell>
          <HeadCell className={table['spare']}>{t('server.key.lastUsed')}</HeadCell>
          {props.mayChange && <ActionsHeadCell />}
        </tr>
      </thead>
      <tbody>
        {props.keys.map((key) => (
          <KeyRow key={key.id} {...props} apiKey={key} />
        ))}
      </tbody>
    </Table>
  );
}

interface KeyRowProps extends KeysTableProps {
  readonly apiKey: ApiKey;
}

function KeyRow({ apiKey, showsPeople, mayChange, onChange, onRevoke }: KeyRowProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(30_000);
  const ownId = useMe(({ me }) => me?.personId);
  const { name, prefix, lastUsedAt } = apiKey;
  const levels = <LimitLevels name={name} uses={apiKey.uses ?? []} />;
  return (
    <tr>
      <Cell>
        <span className={table['name']}>{name}</span>
        <KeyDetail apiKey={apiKey} showsPeople={showsPeople} />
        <span className={table['narrow']}>
          <code>{prefix}…</code>
        </span>
        <span className={table['narrow']}>{levels}</span>
        {apiKey.expiresAt !== undefined && (
          <span className={table['narrow']}>
            <KeyEnd apiKey={apiKey} now={now} isAlone />
          </span>
        )}
      </Cell>
      <Cell className={table['wide']}>
        <code>{prefix}…</code>
      </Cell>
      <Cell className={table['wide']}>{levels}</Cell>
      <Cell className={table['spare']}>
        <KeyScope apiKey={apiKey} isOwn={!showsPeople || apiKey.personId === ownId} />
      </Cell>
      <Cell className={table['wide']}>
        <KeyEnd apiKey={apiKey} now={now} />
      </Cell>
      <Cell className={table['spare']}>
        {lastUsedAt === undefined ? t('server.key.never') : format.ago(lastUsedAt, now)}
      </Cell>
      {mayChange && (
        <Cell isFigure>
          <KeyDeeds {...{ apiKey, onChange, onRevoke }} />
        </Cell>
      )}
    </tr>
  );
}

function KeyDeeds({
  apiKey,
  onChange,
  onRevoke,
}: Pick<KeyRowProps, 'apiKey' | 'onChange' | 'onRevoke'>) {
  const { t } = useTranslation();
  const { name } = apiKey;
  return (
    <span className={styles['deeds']}>
      <ChangeButton
        label={t('server.changeKey', { name })}
        onPress={() => {
          onChange(apiKey);
        }}
      />
      <Button
        size="row"
        variant="danger"
        aria-label={t('server.revokeName', { name })}
        onClick={() => {
          onRevoke(apiKey);
        }}
      >
        {t('server.revoke')}
      </Button>
    </span>
  );
}

/** Whose it is, what for, and its tags; nothing where there is nothing to say. */
function KeyDetail({ apiKey, showsPeople }: Pick<KeyRowProps, 'apiKey' | 'showsPeople'>) {
  const { t } = useTranslation();
  const { personName, kind, tags = [] } = apiKey;
  const words = [
    showsPeople && personName,
    kind === 'service' && t('server.key.kinds.service'),
    ...tags,
  ].filter((word) => typeof word === 'string' && word !== '');
  return words.length === 0 ? null : <span className={table['detail']}>{words.join(' · ')}</span>;
}

interface KeyEndProps {
  readonly apiKey: ApiKey;
  readonly now: number;
  /** There is no head of a column that says what the day is. */
  readonly isAlone?: boolean;
}

function KeyEnd({ apiKey: { expiresAt }, now, isAlone = false }: KeyEndProps) {
  const { t } = useTranslation();
  const format = useFormat();
  if (expiresAt === undefined) return <>{t('server.key.forever')}</>;
  if (expiresAt <= now) return <StateBadge tone="fail">{t('server.key.expired')}</StateBadge>;
  const time = format.until(expiresAt, now);
  return <>{isAlone ? t('server.key.untilTime', { time }) : time}</>;
}
