import { Download } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api.ts';
import { saveFile } from '../../../state/save-file.ts';
import { useConfig } from '../../../state/gateway-lists.ts';
import { Asking } from '../../../ui/Asking.tsx';
import { Button } from '../../../ui/Button.tsx';
import { CodeBlock } from '../../../ui/CodeBlock.tsx';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { PageSection } from '../../../ui/Page.tsx';
import { useDeed } from '../../../ui/use-deed.ts';
import styles from './Config.module.css';
import { ConfigText } from './ConfigText.tsx';
import { FileStatus } from './FileStatus.tsx';

/** The config file: what became of it, a text to check or take over, and all of this as a file. */
export function ConfigTab() {
  const { t } = useTranslation();
  const { answer, error, refresh } = useConfig();
  return (
    <div className={styles['tab']}>
      <PageSection title={t('config.file')}>
        <Asking
          isKnown={answer !== undefined}
          error={error}
          failedTitle={t('config.failed')}
          onRetry={refresh}
        >
          {answer !== undefined && <FileStatus status={answer} />}
        </Asking>
      </PageSection>
      <ConfigText />
      <ExportSection />
    </div>
  );
}

function ExportSection() {
  const { t } = useTranslation();
  const deed = useDeed();
  const [text, setText] = useState<string>();
  return (
    <PageSection
      title={t('config.export')}
      actions={
        <>
          {text !== undefined && (
            <Button
              variant="quiet"
              icon={Download}
              onClick={() => {
                saveFile('millpond.yaml', 'application/yaml', text);
              }}
            >
              {t('config.save')}
            </Button>
          )}
          <Button
            busyLabel={deed.isBusy ? t('config.writing') : undefined}
            onClick={() =>
              void deed.run(async () => {
                setText((await api.config.export({})).text);
              })
            }
          >
            {t('config.show')}
          </Button>
        </>
      }
    >
      <p className={styles['hint']}>{t('config.exportHint')}</p>
      {deed.error && <ErrorNote error={deed.error} title={t('config.exportFailed')} />}
      {text !== undefined && <CodeBlock code={text} title="millpond.yaml" />}
    </PageSection>
  );
}
