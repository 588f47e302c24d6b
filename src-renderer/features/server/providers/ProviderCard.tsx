import { useTranslation } from 'react-i18next';
import type { Provider } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import { sentence } from '../../../i18n/sentence.ts';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { StateBadge } from '../../../ui/StateBadge.tsx';
import { useDeed } from '../../../ui/use-deed.ts';
import { useNow } from '../../../ui/use-now.ts';
import { FileLock } from '../FileLock.tsx';
import { ProviderDeeds } from './ProviderDeeds.tsx';
import { ProviderKeys } from './ProviderKeys.tsx';
import { ProviderModels } from './ProviderModels.tsx';
import { providerTones, reasonOf, standingOf } from './provider-words.ts';
import styles from './Providers.module.css';

export interface ProviderCardProps {
  readonly provider: Provider;
  readonly mayManage: boolean;
}

/** One provider: how it stands and why, its keys, its models, and who may use it. */
export function ProviderCard({ provider, mayManage }: ProviderCardProps) {
  const { t } = useTranslation();
  const deed = useDeed();
  const { name, baseUrl, access, source, models } = provider;
  const mayChange = mayManage && source === 'database';
  const served = models.filter(({ isServed }) => isServed).length;
  return (
    <li className={styles['provider']} aria-label={name}>
      <div className={styles['head']}>
        <div className={styles['who']}>
          <h3>{name}</h3>
          <span className={styles['quiet']}>
            <code>{baseUrl}</code> · {t(`providers.access.${access}`)}
          </span>
          {source === 'file' && <FileLock />}
        </div>
        <ProviderState provider={provider} />
        {mayManage && <ProviderDeeds provider={provider} mayChange={mayChange} deed={deed} />}
      </div>
      {deed.error && <ErrorNote error={deed.error} title={t('providers.deedFailed')} />}
      <ProviderKeys provider={provider} mayChange={mayChange} />
      {models.length > 0 && (
        <details className={styles['models']}>
          <summary>{t('providers.models.count', { count: models.length, served })}</summary>
          <ProviderModels provider={provider} mayChange={mayChange} />
        </details>
      )}
    </li>
  );
}

function ProviderState({ provider }: { readonly provider: Provider }) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(10_000);
  const standing = standingOf(provider);
  const reason = reasonOf(provider);
  const { state } = provider;
  const retryAt = state.phase === 'failing' ? state.retryAt : undefined;
  return (
    <div role="status" className={styles['state']}>
      <StateBadge tone={providerTones[standing]}>{t(`providers.state.${standing}`)}</StateBadge>
      <span className={styles['quiet']}>
        {reason !== undefined && sentence(reason)}{' '}
        {standing === 'failing' &&
          retryAt !== undefined &&
          retryAt > now &&
          t('providers.probedAt', { time: format.timeWithSeconds(retryAt) })}
        {standing === 'ok' &&
          state.phase === 'ok' &&
          state.latencyMs !== undefined &&
          t('providers.latency', { time: format.duration(state.latencyMs) })}
      </span>
    </div>
  );
}
