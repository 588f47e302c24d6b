import { Download } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import { saveFile } from '../../../state/save-file.ts';
import { Asking } from '../../../ui/Asking.tsx';
import { Button } from '../../../ui/Button.tsx';
import { EmptyState } from '../../../ui/EmptyState.tsx';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { Menu, MenuItem } from '../../../ui/Menu.tsx';
import { SearchField } from '../../../ui/SearchField.tsx';
import { useDeed } from '../../../ui/use-deed.ts';
import styles from './Audit.module.css';
import { AuditTable } from './AuditTable.tsx';
import { useAudit } from './use-audit.ts';

/** Who changed what, from where, and what was refused. Written once, never changed. */
export function AuditTab() {
  const { t } = useTranslation();
  const format = useFormat();
  const [search, setSearch] = useState('');
  const { entries, total, error, retry, older } = useAudit(search);
  return (
    <div className={styles['tab']}>
      <div className={styles['head']}>
        <SearchField label={t('audit.find')} value={search} onChange={setSearch} />
        <ExportButton />
      </div>
      <Asking
        isKnown={entries !== undefined}
        error={error}
        failedTitle={t('audit.failed')}
        onRetry={retry}
      >
        {entries?.length === 0 && (
          <EmptyState title={t(search === '' ? 'audit.none' : 'audit.noMatch')}>
            {t('audit.noneText')}
          </EmptyState>
        )}
        {entries !== undefined && entries.length > 0 && (
          <>
            <AuditTable entries={entries} />
            <p className={styles['foot']}>
              {t('audit.shown', {
                shown: format.count(entries.length),
                total: format.count(total),
              })}
              {older !== undefined && (
                <Button size="row" variant="quiet" onClick={older}>
                  {t('audit.older')}
                </Button>
              )}
            </p>
          </>
        )}
      </Asking>
    </div>
  );
}

function ExportButton() {
  const { t } = useTranslation();
  const deed = useDeed();
  return (
    <span className={styles['export']}>
      <Menu
        trigger={
          <Button
            variant="quiet"
            icon={Download}
            busyLabel={deed.isBusy ? t('usage.exporting') : undefined}
          >
            {t('common.export')}
          </Button>
        }
      >
        {(['csv', 'json'] as const).map((format) => (
          <MenuItem
            key={format}
            onSelect={() =>
              void deed.run(async () => {
                const { fileName, mediaType, text } = await api.audit.export({ format });
                saveFile(fileName, mediaType, text);
              })
            }
          >
            {format.toUpperCase()}
          </MenuItem>
        ))}
      </Menu>
      {deed.error && <ErrorNote error={deed.error} title={t('usage.exportFailed')} />}
    </span>
  );
}
