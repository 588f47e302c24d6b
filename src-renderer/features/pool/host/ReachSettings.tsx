import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Reach } from '../../../api.ts';
import { updateReach } from '../../../state/pools.ts';
import { Button } from '../../../ui/Button.tsx';
import { PageSection } from '../../../ui/Page.tsx';
import { Switch } from '../../../ui/Switch.tsx';
import { useDeed } from '../../../ui/use-deed.ts';
import { PathForm } from '../../settings/PathForm.tsx';
import { SettingRow } from '../../settings/SettingRow.tsx';
import styles from './Settings.module.css';

export interface ReachSettingsProps {
  readonly reach: Reach;
}

/** The owner's own address, and what Millpond may do to be reached. Each acts at once. */
export function ReachSettings({ reach }: ReachSettingsProps) {
  const { t } = useTranslation();
  const mapping = useDeed();
  const announcing = useDeed();
  return (
    <PageSection title={t('host.reach.settings')} className={styles['section']}>
      <OwnAddressRow key={reach.ownAddress} address={reach.ownAddress} />
      <SettingRow
        name={t('host.reach.map')}
        effect={t('host.reach.mapEffect')}
        error={mapping.error}
      >
        {(control) => (
          <Switch
            {...control}
            checked={reach.mayMapPort}
            onChange={(mayMapPort) => void mapping.run(() => updateReach({ mayMapPort }))}
          />
        )}
      </SettingRow>
      <SettingRow
        name={t('host.reach.announce')}
        effect={t('host.reach.announceEffect')}
        error={announcing.error}
      >
        {(control) => (
          <Switch
            {...control}
            checked={reach.isAnnounced}
            onChange={(isAnnounced) => void announcing.run(() => updateReach({ isAnnounced }))}
          />
        )}
      </SettingRow>
    </PageSection>
  );
}

function OwnAddressRow({ address }: { readonly address: string }) {
  const { t } = useTranslation();
  const deed = useDeed();
  const [typed, setTyped] = useState(address);
  const save = (ownAddress: string) => void deed.run(() => updateReach({ ownAddress }));
  return (
    <SettingRow name={t('host.reach.own')} effect={t('host.reach.ownEffect')} error={deed.error}>
      {(control) => (
        <PathForm
          {...control}
          type="url"
          label="pool.example.org:8443"
          button={t('host.reach.useOwn')}
          value={typed}
          isBusy={deed.isBusy}
          onChange={setTyped}
          onSubmit={save}
        >
          {address !== '' && (
            <Button
              variant="quiet"
              onClick={() => {
                save('');
              }}
            >
              {t('common.clear')}
            </Button>
          )}
        </PathForm>
      )}
    </SettingRow>
  );
}
