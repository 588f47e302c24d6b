import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../i18n/format.ts';
import { useProviders } from '../../../state/providers.ts';
import { Link } from '../../../ui/Link.tsx';
import { PageSection } from '../../../ui/Page.tsx';
import { StateBadge } from '../../../ui/StateBadge.tsx';
import { providerTones, standingOf } from '../providers/provider-words.ts';
import styles from './Overview.module.css';

/** The providers and how each stands; more of them stand in their own view. */
export function ProvidersNow() {
  const { t } = useTranslation();
  const format = useFormat();
  const providers = useProviders((state) => state.providers);
  if (providers === undefined) return null;
  return (
    <PageSection
      title={t('providers.title')}
      actions={
        <Link to={{ page: 'server', tab: 'providers' }}>
          {providers.length === 0
            ? t('providers.add.title')
            : t('server.all', { count: providers.length, all: format.count(providers.length) })}
        </Link>
      }
    >
      {providers.length === 0 ? (
        <p className={styles['none']}>{t('providers.none')}</p>
      ) : (
        <ul className={styles['rows']}>
          {providers.slice(0, 6).map((provider) => {
            const standing = standingOf(provider);
            return (
              <li key={provider.id}>
                <span className={styles['rowName']}>
                  <b>{provider.name}</b>
                  <span className={styles['quiet']}>
                    {t('providers.models.count', {
                      count: provider.models.length,
                      served: provider.models.filter(({ isServed }) => isServed).length,
                    })}
                  </span>
                </span>
                <StateBadge tone={providerTones[standing]}>
                  {t(`providers.state.${standing}`)}
                </StateBadge>
              </li>
            );
          })}
        </ul>
      )}
    </PageSection>
  );
}
