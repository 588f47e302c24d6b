import { useTranslation } from 'react-i18next';
import { useModels } from '../../../state/models.ts';
import { Link } from '../../../ui/Link.tsx';
import { PageSection } from '../../../ui/Page.tsx';
import { StateBadge } from '../../../ui/StateBadge.tsx';
import type { Tone } from '../../../ui/StateBadge.tsx';
import styles from './Overview.module.css';

const tones: Readonly<Record<string, Tone>> = {
  loading: 'work',
  ready: 'ok',
  draining: 'waiting',
  failed: 'fail',
};

/** Models of this machine that answer now, or are about to. */
export function RunningModels() {
  const { t } = useTranslation();
  const models = useModels((state) => state.models);
  if (models === undefined) return null;
  const running = models.filter(({ state }) => state.phase !== 'installed');
  return (
    <PageSection
      title={t('server.runs')}
      actions={<Link to={{ page: 'models' }}>{t('frame.page.models')}</Link>}
    >
      {running.length === 0 ? (
        <p className={styles['none']}>{t('server.runsNothing')}</p>
      ) : (
        <ul className={styles['rows']}>
          {running.map(({ id, name, state }) => (
            <li key={id}>
              <span className={styles['rowName']}>
                <b>{name}</b>
                <code className={styles['quiet']}>{id}</code>
              </span>
              <StateBadge tone={tones[state.phase] ?? 'rest'}>
                {t(`common.modelState.${state.phase}`)}
              </StateBadge>
            </li>
          ))}
        </ul>
      )}
    </PageSection>
  );
}
