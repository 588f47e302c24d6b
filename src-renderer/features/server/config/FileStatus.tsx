import { useTranslation } from 'react-i18next';
import type { ConfigStatus } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import { Note } from '../../../ui/Note.tsx';
import { StateBadge } from '../../../ui/StateBadge.tsx';
import { useNow } from '../../../ui/use-now.ts';
import styles from './Config.module.css';
import { Problems } from './Problems.tsx';

export interface FileStatusProps {
  readonly status: ConfigStatus;
}

/** Whether there is a file, whether it holds, and which settings are its own. */
export function FileStatus({ status: { path, state, locked } }: FileStatusProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(60_000);
  return (
    <div className={styles['status']}>
      <p className={styles['line']}>
        <code className={styles['path']}>{path}</code>
        {state.phase === 'none' && <StateBadge tone="rest">{t('config.none')}</StateBadge>}
        {state.phase === 'applied' && (
          <StateBadge tone="ok">
            {t('config.applied', { time: format.moment(state.at, now) })}
          </StateBadge>
        )}
        {state.phase === 'rejected' && (
          <StateBadge tone="fail">
            {t('config.rejected', { time: format.moment(state.at, now) })}
          </StateBadge>
        )}
      </p>
      {state.phase === 'none' && <p className={styles['hint']}>{t('config.noneHint')}</p>}
      {state.phase === 'rejected' && (
        <Note tone="fail" title={t('config.kept')}>
          <Problems problems={state.problems} />
        </Note>
      )}
      {state.phase === 'applied' && state.problems !== undefined && state.problems.length > 0 && (
        <Note tone="slow" title={t('config.problems.import', { count: state.problems.length })}>
          <Problems problems={state.problems} />
        </Note>
      )}
      {locked.length > 0 && (
        <p className={styles['hint']}>
          {t('config.locked')} {locked.join(', ')}
        </p>
      )}
    </div>
  );
}
