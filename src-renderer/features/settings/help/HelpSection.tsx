import { useState } from 'react';
import { FileText, LifeBuoy, RefreshCw } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api.ts';
import { useMachine } from '../../../state/machine.ts';
import { Button } from '../../../ui/Button.tsx';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { useDeed } from '../../../ui/use-deed.ts';
import { SettingRow } from '../SettingRow.tsx';
import { FindingRow } from './FindingRow.tsx';
import styles from './HelpSection.module.css';
import { ReportDialog } from './ReportDialog.tsx';
import { useFindings } from './use-findings.ts';

/** *Something is wrong*: what was found with its ways out, the report, and safe mode. */
export function HelpSection() {
  const { t } = useTranslation();
  const { findings, look, lookAgain } = useFindings();
  const wrong = findings?.filter(({ outcome }) => outcome !== 'ok') ?? [];
  const fine = findings?.filter(({ outcome }) => outcome === 'ok') ?? [];
  const rows = (list: typeof wrong) =>
    list.map((finding) => (
      <FindingRow
        key={`${finding.id} ${finding.subject ?? ''}`}
        finding={finding}
        onMended={lookAgain}
      />
    ));
  return (
    <div className={styles['help']}>
      <div className={styles['head']}>
        <p role="status">
          {look.isBusy
            ? t('first-aid.looking')
            : findings &&
              t(wrong.length === 0 ? 'first-aid.allWell' : 'first-aid.found', {
                count: wrong.length,
              })}
        </p>
        <Button
          size="row"
          icon={RefreshCw}
          busyLabel={look.isBusy ? t('settings.checking') : undefined}
          onClick={lookAgain}
        >
          {t('settings.checkAgain')}
        </Button>
      </div>
      {look.error && <ErrorNote error={look.error} />}
      <section aria-label={t('first-aid.findings')} aria-busy={look.isBusy}>
        {wrong.length > 0 && <ul>{rows(wrong)}</ul>}
        {fine.length > 0 && (
          <details className={styles['fine']}>
            <summary>{t('first-aid.inOrder', { count: fine.length })}</summary>
            <ul>{rows(fine)}</ul>
          </details>
        )}
      </section>
      <ReportRow />
      <SafeModeRow />
    </div>
  );
}

function ReportRow() {
  const { t } = useTranslation();
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <SettingRow name={t('first-aid.report')} effect={t('first-aid.reportEffect')}>
        {(control) => (
          <Button
            {...control}
            // The row's own label names what it is about.
            aria-label={t('first-aid.readReport')}
            icon={FileText}
            onClick={() => {
              setIsOpen(true);
            }}
          >
            {t('first-aid.readReport')}
          </Button>
        )}
      </SettingRow>
      {isOpen && (
        <ReportDialog
          onClose={() => {
            setIsOpen(false);
          }}
        />
      )}
    </>
  );
}

function SafeModeRow() {
  const { t } = useTranslation();
  const mode = useMachine(({ system }) => system?.mode);
  const starting = useDeed();
  // The bar at the top has the way back.
  if (mode !== 'normal') return null;
  return (
    <SettingRow
      name={t('first-aid.safeMode')}
      effect={t('first-aid.safeModeEffect')}
      error={starting.error}
      failedTitle={t('first-aid.notStarted')}
    >
      {(control) => (
        <Button
          {...control}
          aria-label={t('first-aid.startSafely')}
          icon={LifeBuoy}
          busyLabel={starting.isBusy ? t('first-aid.starting') : undefined}
          onClick={() =>
            void starting.run(async () => {
              await api.system.restart({ mode: 'safe' });
            })
          }
        >
          {t('first-aid.startSafely')}
        </Button>
      )}
    </SettingRow>
  );
}
