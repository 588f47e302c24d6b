import { useTranslation } from 'react-i18next';
import type { UpdateFailure } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import { sentence } from '../../../i18n/sentence.ts';
import { Note } from '../../../ui/Note.tsx';
import { useNow } from '../../../ui/use-now.ts';
import styles from './Updates.module.css';

export interface UpdateFailedProps {
  readonly failure: UpdateFailure;
}

/** Why the latest try came to nothing; what the new version wrote is for those who want to report it. */
export function UpdateFailed({ failure }: UpdateFailedProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(60_000);
  const { version, at, step, error, output } = failure;
  return (
    <Note tone="slow" title={t(`updates.failed.${step}`, { version })} className={styles['note']}>
      <p>{sentence(error.message)}</p>
      <p>{t('updates.failedText', { time: format.ago(at, now) })}</p>
      {output.length > 0 && (
        <details>
          <summary>{t('updates.output')}</summary>
          <pre className={styles['output']}>{output.join('\n')}</pre>
        </details>
      )}
    </Note>
  );
}
