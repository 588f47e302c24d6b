import { useEffect, useId, useState } from 'react';
import { Download } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { reportText } from '../../../../src-main/core/report-text.ts';
import { api } from '../../../api.ts';
import type { ReportSection } from '../../../api.ts';
import { saveFile } from '../../../state/save-file.ts';
import { Button } from '../../../ui/Button.tsx';
import { CopyButton } from '../../../ui/CopyButton.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { Switch } from '../../../ui/Switch.tsx';
import { useDeed } from '../../../ui/use-deed.ts';
import styles from './HelpSection.module.css';

export interface ReportDialogProps {
  readonly onClose: () => void;
}

type SectionId = ReportSection['id'];

/** The whole report as it would be saved. Sections that are switched off are not in it. Nothing is sent. */
export function ReportDialog({ onClose }: ReportDialogProps) {
  const { t } = useTranslation();
  const { isBusy, error, run } = useDeed();
  const [sections, setSections] = useState<readonly ReportSection[]>();
  const [left, setLeft] = useState<ReadonlySet<SectionId>>(new Set());
  useEffect(() => {
    void run(async () => {
      setSections((await api.firstAid.report({})).sections);
    });
  }, [run]);
  const kept = sections?.filter(({ id }) => !left.has(id)) ?? [];
  const text = reportText(kept);
  const isReady = sections !== undefined;
  return (
    <Dialog
      title={t('first-aid.report')}
      size="large"
      actions={
        isReady ? (
          <>
            <CopyButton text={text} label={t('first-aid.copyReport')} variant="plain" />
            <Button
              variant="primary"
              icon={Download}
              onClick={() => {
                saveFile('millpond-report.md', 'text/markdown', text);
              }}
            >
              {t('first-aid.saveReport')}
            </Button>
          </>
        ) : undefined
      }
      onClose={onClose}
    >
      <p role="status">{isBusy ? t('first-aid.writing') : t('first-aid.reportNote')}</p>
      {error && <ErrorNote error={error} />}
      {isReady && (
        <>
          <Choices
            sections={sections}
            left={left}
            onChange={(id, isIn) => {
              const next = new Set(left);
              if (isIn) next.delete(id);
              else next.add(id);
              setLeft(next);
            }}
          />
          <Shown text={text} />
        </>
      )}
    </Dialog>
  );
}

function Shown({ text }: { readonly text: string }) {
  const { t } = useTranslation();
  return (
    <pre
      // Reachable by keyboard, because it scrolls.
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      role="region"
      aria-label={t('first-aid.reportText')}
      className={styles['text']}
    >
      {text}
    </pre>
  );
}

interface ChoicesProps {
  readonly sections: readonly ReportSection[];
  readonly left: ReadonlySet<SectionId>;
  readonly onChange: (id: SectionId, isIn: boolean) => void;
}

function Choices({ sections, left, onChange }: ChoicesProps) {
  const { t } = useTranslation();
  const base = useId();
  return (
    <div role="group" aria-label={t('first-aid.parts')} className={styles['sections']}>
      {sections.map(({ id }) => (
        <div key={id} className={styles['section']}>
          <Switch
            id={`${base}-${id}`}
            checked={!left.has(id)}
            onChange={(isIn) => {
              onChange(id, isIn);
            }}
          />
          <label htmlFor={`${base}-${id}`}>{t(`first-aid.part.${id}`)}</label>
        </div>
      ))}
    </div>
  );
}
