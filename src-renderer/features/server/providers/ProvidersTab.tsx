import { Plus } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMay } from '../../../state/may.ts';
import { refreshProviders } from '../../../state/providers.ts';
import { Asking } from '../../../ui/Asking.tsx';
import { Button } from '../../../ui/Button.tsx';
import { EmptyState } from '../../../ui/EmptyState.tsx';
import { PageSection } from '../../../ui/Page.tsx';
import { OtherServers } from '../other/OtherServers.tsx';
import { AddProviderDialog } from './AddProviderDialog.tsx';
import { ProviderCard } from './ProviderCard.tsx';
import styles from './Providers.module.css';
import { useFollowedProviders } from './use-followed-providers.ts';

/** Companies that are asked with keys, and servers that somebody else runs. */
export function ProvidersTab() {
  const { t } = useTranslation();
  const { providers, error } = useFollowedProviders();
  const mayManage = useMay('manageProviders');
  const mayAttach = useMay('manageServer');
  const [isAdding, setIsAdding] = useState(false);
  return (
    <div className={styles['tab']}>
      <PageSection
        title={t('providers.title')}
        actions={
          mayManage && (
            <Button
              variant="primary"
              icon={Plus}
              onClick={() => {
                setIsAdding(true);
              }}
            >
              {t('providers.add.title')}
            </Button>
          )
        }
      >
        <Asking
          isKnown={providers !== undefined}
          error={error}
          failedTitle={t('providers.failed')}
          onRetry={() => void refreshProviders()}
        >
          {providers?.length === 0 && (
            <EmptyState title={t('providers.none')}>{t('providers.noneText')}</EmptyState>
          )}
          {providers !== undefined && providers.length > 0 && (
            <ul className={styles['list']}>
              {providers.map((provider) => (
                <ProviderCard key={provider.id} provider={provider} mayManage={mayManage} />
              ))}
            </ul>
          )}
        </Asking>
      </PageSection>
      {mayAttach && <OtherServers />}
      {isAdding && (
        <AddProviderDialog
          onClose={() => {
            setIsAdding(false);
          }}
        />
      )}
    </div>
  );
}
