import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api.ts';
import { showServer } from '../../../state/servers.ts';
import { Button } from '../../../ui/Button.tsx';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { useDeed } from '../../../ui/use-deed.ts';
import styles from './DetectedServers.module.css';

type Detected = Awaited<ReturnType<typeof api.servers.detect>>['found'][number];

export interface DetectedServersProps {
  /** How many are attached: with each change it is looked again. */
  readonly known: number;
}

/** Servers that answer on this machine and are not attached yet, each with one button. */
export function DetectedServers({ known }: DetectedServersProps) {
  const [found, setFound] = useState<readonly Detected[]>([]);
  useEffect(() => {
    const stop = new AbortController();
    api.servers.detect({}, { signal: stop.signal }).then(
      (answer) => {
        setFound(answer.found);
      },
      // Nothing was found, which is what the page says by showing nothing.
      () => undefined,
    );
    return () => {
      stop.abort();
    };
  }, [known]);
  if (found.length === 0) return null;
  return (
    <ul className={styles['list']}>
      {found.map((server) => (
        <DetectedServer key={server.url} server={server} />
      ))}
    </ul>
  );
}

function DetectedServer({ server }: { readonly server: Detected }) {
  const { t } = useTranslation();
  const deed = useDeed();
  async function attach(): Promise<void> {
    showServer(await api.servers.add({ url: server.url }));
  }
  return (
    <li className={styles['found']}>
      <span className={styles['text']}>
        {t('server.other.detected', { name: server.name, count: server.models })}{' '}
        <code>{server.url}</code>
      </span>
      <Button
        aria-label={t('server.other.attachName', { name: server.name })}
        busyLabel={deed.isBusy ? t('server.other.asking') : undefined}
        onClick={() => void deed.run(attach)}
      >
        {t('server.other.attach')}
      </Button>
      {deed.error && (
        <ErrorNote
          error={deed.error}
          title={t('server.other.addFailed')}
          className={styles['error'] ?? ''}
        />
      )}
    </li>
  );
}
