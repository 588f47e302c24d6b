import { useCallback, useEffect, useState } from 'react';
import { Archive } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api.ts';
import type { BackupCopy } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import { useConnection } from '../../../state/connection.ts';
import { useMachine } from '../../../state/machine.ts';
import { Button } from '../../../ui/Button.tsx';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { Facts } from '../../../ui/Facts.tsx';
import { LossDialog } from '../../../ui/LossDialog.tsx';
import { Note } from '../../../ui/Note.tsx';
import { useDeed } from '../../../ui/use-deed.ts';
import { SettingRow } from '../SettingRow.tsx';
import styles from './DataSection.module.css';

interface Backups {
  readonly folder: string;
  readonly copies: readonly BackupCopy[];
}

/** Where everything lies, and copies of what cannot be fetched again. */
export function DataSection() {
  const { t } = useTranslation();
  const system = useMachine((state) => state.system);
  const reading = useDeed();
  const { run } = reading;
  const [backups, setBackups] = useState<Backups>();
  const [wanted, setWanted] = useState<BackupCopy>();
  const read = useCallback(
    () =>
      run(async () => {
        setBackups(await api.firstAid.backups({}));
      }),
    [run],
  );
  // After a restore Millpond comes back with another list.
  const phase = useConnection((connection) => connection.phase);
  useEffect(() => {
    if (phase !== 'offline') void read();
  }, [read, phase]);
  return (
    <div className={styles['data']}>
      <Facts
        facts={[
          { name: t('settings.dataFolder'), value: <code>{system?.dataFolder}</code> },
          { name: t('first-aid.backupFolder'), value: <code>{backups?.folder}</code> },
        ]}
      />
      <BackUpRow onMade={read} />
      <h3>{t('first-aid.copies')}</h3>
      {reading.error && <ErrorNote error={reading.error} />}
      {backups?.copies.length === 0 && <p>{t('first-aid.noCopies')}</p>}
      <ul aria-busy={reading.isBusy}>
        {backups?.copies.map((copy) => (
          <CopyRow key={copy.path} copy={copy} onRestore={setWanted} />
        ))}
      </ul>
      {wanted && (
        <RestoreDialog
          copy={wanted}
          onClose={() => {
            setWanted(undefined);
          }}
        />
      )}
    </div>
  );
}

function BackUpRow({ onMade }: { readonly onMade: () => Promise<unknown> }) {
  const { t } = useTranslation();
  const making = useDeed();
  return (
    <SettingRow
      name={t('first-aid.backUp')}
      effect={t('first-aid.backUpEffect')}
      error={making.error}
      failedTitle={t('first-aid.notBackedUp')}
    >
      {(control) => (
        <Button
          {...control}
          // The row's own label names what it is about.
          aria-label={t('first-aid.backUpNow')}
          icon={Archive}
          busyLabel={making.isBusy ? t('first-aid.backingUp') : undefined}
          onClick={() =>
            void making.run(async () => {
              await api.firstAid.backUp({});
              await onMade();
            })
          }
        >
          {t('first-aid.backUpNow')}
        </Button>
      )}
    </SettingRow>
  );
}

interface CopyRowProps {
  readonly copy: BackupCopy;
  readonly onRestore: (copy: BackupCopy) => void;
}

function CopyRow({ copy, onRestore }: CopyRowProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const time = format.whole(copy.madeAt);
  return (
    <li className={styles['copy']}>
      <div>
        <p>
          {time} · {format.bytes(copy.sizeBytes)}
        </p>
        <p className={styles['kind']}>
          {t(`first-aid.kind.${copy.kind}`)}
          {copy.isForOlder && ` ${t('first-aid.forOlder')}`}
        </p>
      </div>
      <Button
        size="row"
        aria-label={t('first-aid.restoreCopy', { time })}
        onClick={() => {
          onRestore(copy);
        }}
      >
        {t('first-aid.restore')}
      </Button>
    </li>
  );
}

function RestoreDialog({
  copy,
  onClose,
}: {
  readonly copy: BackupCopy;
  readonly onClose: () => void;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <LossDialog
      title={t('first-aid.restoreTitle', { time: format.whole(copy.madeAt) })}
      keepLabel={t('common.cancel')}
      deedLabel={t('first-aid.restoreDeed')}
      busyLabel={t('first-aid.restoring')}
      onDeed={async () => {
        await api.firstAid.restore({ path: copy.path });
        onClose();
      }}
      onClose={onClose}
    >
      <p>{t('first-aid.restoreText')}</p>
      {copy.isForOlder && <Note tone="slow" title={t('first-aid.forOlder')} />}
    </LossDialog>
  );
}
