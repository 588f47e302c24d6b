import { Plus } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ApiKey } from '../../api.ts';
import { useFormat } from '../../i18n/format.ts';
import { Button } from '../../ui/Button.tsx';
import { PageSection } from '../../ui/Page.tsx';
import { Cell, HeadCell, Table } from '../../ui/Table.tsx';
import { useNow } from '../../ui/use-now.ts';
import { KeyScope } from './KeyScope.tsx';
import { NewKeyDialog } from './NewKeyDialog.tsx';
import { RevokeKeyDialog } from './RevokeKeyDialog.tsx';
import styles from './KeysSection.module.css';

export interface KeysSectionProps {
  readonly keys: readonly ApiKey[];
}

/** The keys of this machine: made, recognised by their beginning, and revoked. */
export function KeysSection({ keys }: KeysSectionProps) {
  const { t } = useTranslation();
  const [isMaking, setIsMaking] = useState(false);
  const [revoking, setRevoking] = useState<ApiKey>();
  return (
    <PageSection
      title={t('server.keys')}
      actions={
        <Button
          icon={Plus}
          onClick={() => {
            setIsMaking(true);
          }}
        >
          {t('server.newKey')}
        </Button>
      }
    >
      {keys.length === 0 ? (
        <p className={styles['none']}>{t('server.noKeys')}</p>
      ) : (
        <KeysTable keys={keys} onRevoke={setRevoking} />
      )}
      {isMaking && (
        <NewKeyDialog
          onClose={() => {
            setIsMaking(false);
          }}
        />
      )}
      {revoking && (
        <RevokeKeyDialog
          apiKey={revoking}
          onClose={() => {
            setRevoking(undefined);
          }}
        />
      )}
    </PageSection>
  );
}

interface KeysTableProps {
  readonly keys: readonly ApiKey[];
  readonly onRevoke: (key: ApiKey) => void;
}

function KeysTable({ keys, onRevoke }: KeysTableProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(30_000);
  return (
    <Table label={t('server.keys')}>
      <thead>
        <tr>
          <HeadCell>{t('server.key.name')}</HeadCell>
          <HeadCell>{t('server.key.begins')}</HeadCell>
          <HeadCell className={styles['wide']}>{t('server.key.mayAsk')}</HeadCell>
          <HeadCell className={styles['wide']}>{t('server.key.until')}</HeadCell>
          <HeadCell className={styles['wide']}>{t('server.key.made')}</HeadCell>
          <HeadCell className={styles['wide']}>{t('server.key.lastUsed')}</HeadCell>
          <HeadCell>
            <span className="visually-hidden">{t('server.key.actions')}</span>
          </HeadCell>
        </tr>
      </thead>
      <tbody>
        {keys.map((key) => (
          <tr key={key.id}>
            <Cell className={styles['name']}>{key.name}</Cell>
            <Cell>
              <code>{key.prefix}…</code>
            </Cell>
            <Cell className={styles['wide']}>
              <KeyScope apiKey={key} />
            </Cell>
            <Cell className={styles['wide']}>
              {key.expiresAt === undefined
                ? t('server.key.forever')
                : format.until(key.expiresAt, now)}
            </Cell>
            <Cell className={styles['wide']}>{format.moment(key.createdAt, now)}</Cell>
            <Cell className={styles['wide']}>
              {key.lastUsedAt === undefined
                ? t('server.key.never')
                : format.ago(key.lastUsedAt, now)}
            </Cell>
            <Cell isFigure>
              <Button
                size="row"
                variant="danger"
                aria-label={t('server.revokeName', { name: key.name })}
                onClick={() => {
                  onRevoke(key);
                }}
              >
                {t('server.revoke')}
              </Button>
            </Cell>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
