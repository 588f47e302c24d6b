import { Plus } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ApiKey } from '../../../api.ts';
import { useKeys } from '../../../state/gateway-lists.ts';
import { useMay } from '../../../state/may.ts';
import { Asking } from '../../../ui/Asking.tsx';
import { Button } from '../../../ui/Button.tsx';
import { PageSection } from '../../../ui/Page.tsx';
import { useFollowedProviders } from '../providers/use-followed-providers.ts';
import { ChangeKeyDialog } from './ChangeKeyDialog.tsx';
import { KeysTable } from './KeysTable.tsx';
import styles from './KeysTab.module.css';
import { NewKeyDialog } from './NewKeyDialog.tsx';
import { RevokeKeyDialog } from './RevokeKeyDialog.tsx';

type Open =
  | { readonly deed: 'make' }
  | { readonly deed: 'change'; readonly key: ApiKey }
  | { readonly deed: 'revoke'; readonly key: ApiKey };

/** The keys of this gateway: made, recognised by their beginning, limited, and revoked. */
export function KeysTab() {
  const { t } = useTranslation();
  const { answer: keys, error, refresh } = useKeys();
  const mayMake = useMay('makeKeys');
  const seesAll = useMay('makeKeysForOthers');
  const [open, setOpen] = useState<Open>();
  // Their models can be chosen for a key.
  useFollowedProviders();
  return (
    <PageSection
      title={t(seesAll ? 'server.keys' : 'server.ownKeys')}
      aside={keys !== undefined && keys.length > 0 && t('server.sillHint')}
      actions={
        mayMake && (
          <Button
            icon={Plus}
            variant="primary"
            onClick={() => {
              setOpen({ deed: 'make' });
            }}
          >
            {t('server.newKey')}
          </Button>
        )
      }
    >
      <Asking
        isKnown={keys !== undefined}
        error={error}
        failedTitle={t('server.keysFailed')}
        onRetry={refresh}
      >
        {keys?.length === 0 && <p className={styles['none']}>{t('server.noKeys')}</p>}
        {keys !== undefined && keys.length > 0 && (
          <KeysTable
            keys={keys}
            showsPeople={seesAll}
            mayChange={mayMake}
            onChange={(key) => {
              setOpen({ deed: 'change', key });
            }}
            onRevoke={(key) => {
              setOpen({ deed: 'revoke', key });
            }}
          />
        )}
      </Asking>
      {open !== undefined && (
        <KeyDialog
          open={open}
          onChanged={refresh}
          onClose={() => {
            setOpen(undefined);
          }}
        />
      )}
    </PageSection>
  );
}

interface KeyDialogProps {
  readonly open: Open;
  readonly onChanged: () => void;
  readonly onClose: () => void;
}

function KeyDialog({ open, onChanged, onClose }: KeyDialogProps) {
  switch (open.deed) {
    case 'make':
      return <NewKeyDialog onMade={onChanged} onClose={onClose} />;
    case 'change':
      return <ChangeKeyDialog apiKey={open.key} onChanged={onChanged} onClose={onClose} />;
    case 'revoke':
      return <RevokeKeyDialog apiKey={open.key} onRevoked={onChanged} onClose={onClose} />;
  }
}
