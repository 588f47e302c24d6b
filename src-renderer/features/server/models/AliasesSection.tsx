import { Plus } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api.ts';
import type { ListedAlias } from '../../../api.ts';
import { useAliases } from '../../../state/gateway-lists.ts';
import { useMay } from '../../../state/may.ts';
import { showToast } from '../../../state/toasts.ts';
import { Asking } from '../../../ui/Asking.tsx';
import { Button } from '../../../ui/Button.tsx';
import { PageSection } from '../../../ui/Page.tsx';
import { AliasDialog } from './AliasDialog.tsx';
import { AliasRow } from './AliasRow.tsx';
import styles from './Models.module.css';

/** Names that stand for several models in order. */
export function AliasesSection() {
  const { t } = useTranslation();
  const { answer: aliases, error, refresh } = useAliases();
  const mayManage = useMay('manageModels');
  /** `new` makes another. */
  const [open, setOpen] = useState<ListedAlias | 'new'>();
  const remove = useRemoval(refresh);
  return (
    <PageSection
      title={t('aliases.title')}
      actions={
        mayManage && (
          <Button
            icon={Plus}
            onClick={() => {
              setOpen('new');
            }}
          >
            {t('aliases.add')}
          </Button>
        )
      }
    >
      <p className={styles['hint']}>{t('aliases.hint')}</p>
      <Asking
        isKnown={aliases !== undefined}
        error={error}
        failedTitle={t('aliases.failed')}
        onRetry={refresh}
      >
        {aliases !== undefined && aliases.length > 0 && (
          <ul className={styles['aliases']}>
            {aliases.map((alias) => (
              <AliasRow
                key={alias.name}
                alias={alias}
                mayChange={mayManage && alias.source === 'database'}
                onChange={setOpen}
                onRemove={remove}
              />
            ))}
          </ul>
        )}
      </Asking>
      {open !== undefined && (
        <AliasDialog
          {...(open !== 'new' && { alias: open })}
          aliases={aliases ?? []}
          onSaved={refresh}
          onClose={() => {
            setOpen(undefined);
          }}
        />
      )}
    </PageSection>
  );
}

/** Takes an alias away; undoing makes it again. */
function useRemoval(refresh: () => void): (alias: ListedAlias) => Promise<void> {
  const { t } = useTranslation();
  return async (alias) => {
    await api.aliases.remove({ name: alias.name });
    refresh();
    const { name, members, cloud } = alias;
    showToast(t('aliases.removed', { name }), () => {
      // What fails here is seen in the list, which is asked again.
      void api.aliases
        .save({ name, members, cloud })
        .catch(() => undefined)
        .then(refresh);
    });
  };
}
