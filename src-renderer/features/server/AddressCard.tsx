import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api.ts';
import type { ServerStatus } from '../../api.ts';
import { useServer } from '../../state/server.ts';
import { useShortcut } from '../../state/shortcuts.ts';
import { showToast } from '../../state/toasts.ts';
import { CopyButton } from '../../ui/CopyButton.tsx';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { StateBadge } from '../../ui/StateBadge.tsx';
import { Switch } from '../../ui/Switch.tsx';
import { useDeed } from '../../ui/use-deed.ts';
import styles from './AddressCard.module.css';

export interface AddressCardProps {
  readonly server: ServerStatus;
  readonly isOffline: boolean;
}

/** The address that tools on this machine use, and whether they need a key. */
export function AddressCard({ server, isOffline }: AddressCardProps) {
  const { t } = useTranslation();
  useShortcut({
    keys: 'c',
    labelKey: 'server.copyAddress',
    run: () => {
      // A refused clipboard is no harm: the button beside the address says it.
      void navigator.clipboard.writeText(server.openaiUrl).then(
        () => {
          showToast(t('server.addressCopied'));
        },
        () => undefined,
      );
    },
  });
  return (
    <section aria-label={t('server.address')} className={styles['card']}>
      <div className={styles['line']}>
        <div className={styles['where']}>
          <h2 className={styles['label']}>{t('server.onThisMachine')}</h2>
          <code className={styles['address']} data-closed={isOffline || undefined}>
            {server.openaiUrl}
          </code>
        </div>
        {isOffline ? (
          <StateBadge tone="rest">{t('server.closed')}</StateBadge>
        ) : (
          <CopyButton text={server.openaiUrl} label={t('server.copyAddress')} variant="primary" />
        )}
      </div>
      <p className={styles['hint']}>{t('server.addressHint')}</p>
      {!isOffline && <KeylessSwitch keyless={server.keyless} />}
    </section>
  );
}

function KeylessSwitch({ keyless }: { readonly keyless: boolean }) {
  const { t } = useTranslation();
  const id = useId();
  const deed = useDeed();
  const [wanted, setWanted] = useState<boolean>();

  async function change(next: boolean): Promise<void> {
    setWanted(next);
    await deed.run(async () => {
      useServer.setState({ server: await api.server.update({ keyless: next }) });
    });
    setWanted(undefined);
  }

  return (
    <div className={styles['keyless']}>
      <div className={styles['keylessText']}>
        <p id={id} className={styles['keylessName']}>
          {t('server.keyless')}
        </p>
        <p id={`${id}-hint`} className={styles['hint']}>
          {keyless ? t('server.keylessOn') : t('server.keylessOff')}
        </p>
        {deed.error && <ErrorNote error={deed.error} />}
      </div>
      <Switch
        checked={wanted ?? keyless}
        aria-labelledby={id}
        aria-describedby={`${id}-hint`}
        onChange={(next) => void change(next)}
      />
    </div>
  );
}
