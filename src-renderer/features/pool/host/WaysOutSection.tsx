import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Pool, Reach } from '../../../api.ts';
import { updateReach } from '../../../state/pools.ts';
import { Button } from '../../../ui/Button.tsx';
import { CodeBlock } from '../../../ui/CodeBlock.tsx';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { PageSection } from '../../../ui/Page.tsx';
import { TextInput } from '../../../ui/TextInput.tsx';
import { useDeed } from '../../../ui/use-deed.ts';
import { WayOut } from './WayOut.tsx';
import styles from './WaysOutSection.module.css';
import { waysOut } from './ways-out.ts';

export interface WaysOutSectionProps {
  readonly reach: Reach;
  readonly pool: Pool;
}

/** Three ways in for others where nobody can dial this network, with everything filled in. */
export function WaysOutSection({ reach, pool }: WaysOutSectionProps) {
  const { t } = useTranslation();
  const id = useId();
  const deed = useDeed();
  const [server, setServer] = useState('');
  const ways = waysOut(reach, pool.name, server);
  const addressButton = (address: string) => (
    <Button onClick={() => void deed.run(() => updateReach({ ownAddress: address }))}>
      {t('host.ways.useAddress', { address })}
    </Button>
  );
  return (
    <PageSection title={t('host.ways.title')} aside={t('host.ways.aside')}>
      <div className={styles['server']}>
        <label htmlFor={id}>{t('host.ways.serverName')}</label>
        <TextInput
          id={id}
          autoComplete="off"
          spellCheck={false}
          placeholder="server.example.org"
          value={server}
          onChange={(event) => {
            setServer(event.target.value);
          }}
        />
      </div>
      <ol className={styles['ways']}>
        <WayOut
          way="overlay"
          action={
            ways.overlayAddress === undefined ? undefined : addressButton(ways.overlayAddress)
          }
        >
          <CodeBlock title={t('host.ways.here')} code={ways.overlayCommand} />
        </WayOut>
        <WayOut
          way="passthrough"
          action={ways.hasServer ? addressButton(ways.serverAddress) : undefined}
        >
          <CodeBlock title={t('host.ways.onServer')} code={ways.passthroughSetting} />
          <CodeBlock title={t('host.ways.here')} code={ways.passthroughCommand} />
        </WayOut>
        <WayOut way="server">
          <CodeBlock title={t('host.ways.here')} code={ways.serverCommand} />
        </WayOut>
      </ol>
      {deed.error && <ErrorNote error={deed.error} title={t('host.reach.notKept')} />}
    </PageSection>
  );
}
