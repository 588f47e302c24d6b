import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api.ts';
import { gatewayUrl } from '../../../base-path.ts';
import type { ServerStatus } from '../../../api.ts';
import { useMay } from '../../../state/may.ts';
import { useServer } from '../../../state/server.ts';
import { useShortcut } from '../../../state/shortcuts.ts';
import { showToast } from '../../../state/toasts.ts';
import { CopyButton } from '../../../ui/CopyButton.tsx';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { StateBadge } from '../../../ui/StateBadge.tsx';
import { Switch } from '../../../ui/Switch.tsx';
import { useDeed } from '../../../ui/use-deed.ts';
import { isLoopback } from '../use-from/addresses.ts';
import styles from './AddressCard.module.css';

export interface AddressCardProps {
  readonly server: ServerStatus;
  readonly isOffline: boolean;
}

/** The addresses that tools use: on this machine, and for who comes from elsewhere. */
export function AddressCard({ server, isOffline }: AddressCardProps) {
  const { t } = useTranslation();
  const mayChange = useMay('manageServer');
  const isHere = isLoopback(globalThis.location.hostname);
  const elsewhere = isHere ? server.publicUrl : `${gatewayUrl()}/v1`;
  useCopyShortcut(isHere ? server.openaiUrl : elsewhere);
  return (
    <section aria-label={t('server.address')} className={styles['card']}>
      {isHere && (
        <div className={styles['part']}>
          <Address
            title={t('server.onThisMachine')}
            url={server.openaiUrl}
            hint={t('server.addressHint')}
            isMain
            isClosed={isOffline}
          />
          {!isOffline && mayChange && <KeylessSwitch keyless={server.keyless} />}
        </div>
      )}
      {elsewhere !== undefined && (
        <div className={styles['part']}>
          <Address
            title={t('server.forPool')}
            url={elsewhere}
            hint={t('server.forPoolHint')}
            isMain={!isHere}
            isClosed={isOffline}
          />
        </div>
      )}
    </section>
  );
}

function useCopyShortcut(url: string | undefined): void {
  const { t } = useTranslation();
  useShortcut({
    keys: 'c',
    labelKey: 'server.copyAddress',
    run: () => {
      if (url === undefined) return;
      // A refused clipboard is no harm: the button beside the address says it.
      void navigator.clipboard.writeText(url).then(
        () => {
          showToast(t('server.addressCopied'));
        },
        () => undefined,
      );
    },
  });
}

interface AddressProps {
  readonly title: string;
  readonly url: string;
  readonly hint: string;
  /** The one that the page is about. */
  readonly isMain: boolean;
  readonly isClosed: boolean;
}

function Address({ title, url, hint, isMain, isClosed }: AddressProps) {
  const { t } = useTranslation();
  return (
    <>
      <div className={styles['line']}>
        <div className={styles['where']}>
          <h2 className={styles['label']}>{title}</h2>
          <code className={styles['address']} data-closed={isClosed || undefined}>
            {url}
          </code>
        </div>
        {isClosed ? (
          <StateBadge tone="rest">{t('server.closed')}</StateBadge>
        ) : (
          <CopyButton
            text={url}
            label={isMain ? t('server.copyAddress') : t('server.copyPublic')}
            variant={isMain ? 'primary' : 'plain'}
          />
        )}
      </div>
      <p className={styles['hint']}>{hint}</p>
    </>
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
