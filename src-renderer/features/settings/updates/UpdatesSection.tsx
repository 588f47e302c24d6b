import { useTranslation } from 'react-i18next';
import { api } from '../../../api.ts';
import type { UpdateStatus } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import { sentence } from '../../../i18n/sentence.ts';
import { refreshUpdates, setUpdates, useUpdates } from '../../../state/updates.ts';
import { Button } from '../../../ui/Button.tsx';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { Note } from '../../../ui/Note.tsx';
import { useDeed } from '../../../ui/use-deed.ts';
import { useNow } from '../../../ui/use-now.ts';
import { SettingRow } from '../SettingRow.tsx';
import { SwitchRow } from '../SwitchRow.tsx';
import { EarlierVersion } from './EarlierVersion.tsx';
import { UpdateFailed } from './UpdateFailed.tsx';
import { UpdateOffer } from './UpdateOffer.tsx';
import { UpdateProgress } from './UpdateProgress.tsx';
import styles from './Updates.module.css';

/** Which version runs here, whether there is a newer one, and the way there and back. */
export function UpdatesSection() {
  const { t } = useTranslation();
  const { updates, error } = useUpdates();
  if (updates === undefined) {
    return error === undefined ? (
      <p role="status" className={styles['waiting']}>
        {t('updates.asking')}
      </p>
    ) : (
      <ErrorNote
        error={error}
        actions={<Button onClick={() => void refreshUpdates()}>{t('common.tryAgain')}</Button>}
      />
    );
  }
  return <Known updates={updates} />;
}

/** Nobody here can change these. */
const fixed: readonly UpdateStatus['off'][] = ['source', 'container', 'no-feed'];

function Known({ updates }: { readonly updates: UpdateStatus }) {
  const { t } = useTranslation();
  const { off, job, failure, available, command, setAside } = updates;
  const isFixed = fixed.includes(off);
  return (
    <>
      <VersionRow updates={updates} />
      {off !== undefined && off !== 'by-choice' && (
        <Note tone="quiet" title={t(`updates.off.${off}`)} className={styles['note']} />
      )}
      {command !== undefined && (
        <Note tone="ok" title={t('updates.ready')} className={styles['note']}>
          <p>{t('updates.readyText')}</p>
          <p>
            <code>{command}</code>
          </p>
        </Note>
      )}
      {failure !== undefined && job === undefined && <UpdateFailed failure={failure} />}
      {job !== undefined && <UpdateProgress job={job} />}
      {job === undefined && available !== undefined && !isFixed && (
        <UpdateOffer available={available} />
      )}
      {!isFixed && (
        <SwitchRow
          setting="lookForUpdates"
          name={t('updates.look')}
          effect={t('updates.lookEffect')}
        />
      )}
      {updates.earlier !== undefined && job === undefined && (
        <EarlierVersion earlier={updates.earlier} />
      )}
      {setAside !== undefined && (
        <Note
          tone="quiet"
          title={t('updates.setAside', { version: setAside.version })}
          className={styles['note']}
        >
          <p>{t('updates.setAsideText', { version: setAside.version })}</p>
          <p>
            <code className={styles['path']}>{setAside.folder}</code>
          </p>
        </Note>
      )}
    </>
  );
}

function VersionRow({ updates }: { readonly updates: UpdateStatus }) {
  const { t } = useTranslation();
  const deed = useDeed();
  const { off, version, isChecking, checkError } = updates;
  const mayLook = off === undefined || off === 'by-choice';
  const look = async () => {
    setUpdates(await api.updates.check({}));
  };
  return (
    <SettingRow
      name={t('updates.version', { version })}
      effect={fixed.includes(off) ? undefined : <Looked updates={updates} />}
      failedTitle={t('updates.notLooked')}
      error={deed.error ?? checkError}
    >
      {(control) =>
        mayLook && (
          <Button
            {...control}
            // The row's own label names the version.
            aria-label={t('updates.lookNow')}
            busyLabel={deed.isBusy || isChecking ? t('updates.looking') : undefined}
            onClick={() => void deed.run(look)}
          >
            {t('updates.lookNow')}
          </Button>
        )
      }
    </SettingRow>
  );
}

function Looked({ updates }: { readonly updates: UpdateStatus }) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(60_000);
  const { lastCheckedAt, available, outOfReach, checkError } = updates;
  if (outOfReach !== undefined) {
    return sentence(t(`updates.outOfReach.${outOfReach.why}`, { version: outOfReach.version }));
  }
  if (lastCheckedAt === undefined) return t('updates.neverLooked');
  const time = format.ago(lastCheckedAt, now);
  if (available !== undefined || checkError !== undefined) return t('updates.lastLooked', { time });
  return t('updates.isNewest', { time });
}
