import { Cloud } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { RouteDecision } from '../../../api.ts';
import { sentence } from '../../../i18n/sentence.ts';
import { Icon } from '../../../ui/Icon.tsx';
import { StateBadge } from '../../../ui/StateBadge.tsx';
import type { Tone } from '../../../ui/StateBadge.tsx';
import styles from './RouteSection.module.css';

type Alias = NonNullable<RouteDecision['alias']>;

export interface AliasStepsProps {
  readonly alias: Alias;
}

const tones: Readonly<Record<Alias['members'][number]['outcome'], Tone>> = {
  asked: 'work',
  answered: 'ok',
  failed: 'fail',
  'left-line': 'slow',
  skipped: 'rest',
};

/** What became of each member of an alias, in order; where the prompt went over to a cloud is marked. */
export function AliasSteps({ alias }: AliasStepsProps) {
  const { t } = useTranslation();
  return (
    <>
      <h4>{t('activity.route.members', { name: alias.name })}</h4>
      <ol className={styles['attempts']}>
        {alias.members.map(({ model, isCloud, outcome, reason }, index) => (
          <li key={`${String(index)} ${model}`}>
            <span className={styles['head']}>
              <code>{model}</code>
              {isCloud && (
                <span className={styles['detail']}>
                  <Icon of={Cloud} size={14} /> {t('activity.route.isCloud')}
                </span>
              )}
              <StateBadge tone={tones[outcome]}>
                {t(`activity.route.outcome.${outcome}`)}
              </StateBadge>
            </span>
            {reason !== undefined && <span className={styles['detail']}>{sentence(reason)}</span>}
          </li>
        ))}
      </ol>
    </>
  );
}
