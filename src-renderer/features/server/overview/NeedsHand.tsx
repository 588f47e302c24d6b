import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { ApiKey } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import { sentence } from '../../../i18n/sentence.ts';
import type { Route } from '../../../router.ts';
import { useAlerts } from '../../../state/alerts.ts';
import { useConfig, useKeys, usePeople, usePrices } from '../../../state/gateway-lists.ts';
import { Link } from '../../../ui/Link.tsx';
import { PageSection } from '../../../ui/Page.tsx';
import { StateBadge } from '../../../ui/StateBadge.tsx';
import type { Tone } from '../../../ui/StateBadge.tsx';
import { isNear, limitWords } from '../limits/limit-words.ts';
import { providerTones, reasonOf, standingOf } from '../providers/provider-words.ts';
import { useFollowedProviders } from '../providers/use-followed-providers.ts';
import { warningsOf } from './needs-hand.ts';
import type { Warning } from './needs-hand.ts';
import styles from './Overview.module.css';

/** What somebody should look at, each with the place where it is repaired. Absent when all is well. */
export function NeedsHand() {
  const { t } = useTranslation();
  const { providers } = useFollowedProviders();
  const warnings = warningsOf({
    providers,
    config: useConfig().answer,
    prices: usePrices().answer,
    keys: useKeys().answer,
    people: usePeople().answer,
    alerts: useAlerts(({ alerts }) => alerts),
  });
  if (warnings.length === 0) return null;
  return (
    <PageSection title={t('server.needsHand.title')}>
      <ul className={styles['warnings']}>
        {warnings.map((warning) => (
          <WarningRow key={keyOf(warning)} warning={warning} />
        ))}
      </ul>
    </PageSection>
  );
}

function keyOf(warning: Warning): string {
  switch (warning.kind) {
    case 'provider':
      return `provider ${warning.provider.id}`;
    case 'key':
      return `key ${warning.apiKey.id}`;
    case 'person':
      return `person ${warning.person.id}`;
    case 'alert':
      return `alert ${warning.alert.id}`;
    default:
      return warning.kind;
  }
}

function WarningRow({ warning }: { readonly warning: Warning }) {
  const { t } = useTranslation();
  switch (warning.kind) {
    case 'config':
      return (
        <Row
          tone="fail"
          word={t('server.needsHand.config')}
          text={t('server.needsHand.configText', { count: warning.count })}
          to={{ page: 'server', tab: 'config' }}
        />
      );
    case 'provider': {
      const { provider } = warning;
      const standing = standingOf(provider);
      return (
        <Row
          tone={providerTones[standing]}
          word={t(`providers.state.${standing}`)}
          text={`${provider.name}: ${sentence(reasonOf(provider) ?? '')}`}
          to={{ page: 'server', tab: 'providers' }}
        />
      );
    }
    case 'prices':
      return (
        <Row
          tone="slow"
          word={t('server.needsHand.prices')}
          text={t('prices.missing', { count: warning.count })}
          to={{ page: 'server', tab: 'models' }}
        />
      );
    case 'key':
      return <LimitRow of={warning.apiKey} tab="keys" />;
    case 'person':
      return <LimitRow of={warning.person} tab="people" />;
    case 'alert':
      return (
        <Row
          tone="slow"
          word={t(`alerts.kind.${warning.alert.kind}`)}
          text={sentence(warning.alert.message)}
          to={warning.alert.kind === 'node-offline' ? { page: 'pool' } : { page: 'activity' }}
        />
      );
  }
}

interface LimitRowProps {
  readonly of: Pick<ApiKey, 'name' | 'uses'>;
  readonly tab: 'keys' | 'people';
}

/** A key or a person whose limits are nearly used up, with the figures. */
function LimitRow({ of: { name, uses = [] }, tab }: LimitRowProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const near = uses.filter(isNear);
  return (
    <Row
      tone={near.some(({ used, allowed }) => used >= allowed) ? 'fail' : 'slow'}
      word={t('server.needsHand.key')}
      text={`${name}: ${near.map((use) => limitWords(use, t, format)).join(', ')}`}
      to={{ page: 'server', tab }}
    />
  );
}

interface RowProps {
  readonly tone: Tone;
  readonly word: string;
  readonly text: ReactNode;
  readonly to: Route;
}

function Row({ tone, word, text, to }: RowProps) {
  const { t } = useTranslation();
  return (
    <li>
      <StateBadge tone={tone}>{word}</StateBadge>
      <span className={styles['warning']}>{text}</span>
      <Link to={to} aria-label={t('server.needsHand.lookAt', { what: word })}>
        {t('server.needsHand.look')}
      </Link>
    </li>
  );
}
