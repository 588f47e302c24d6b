import { ArrowRight, Cloud } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ListedAlias } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import { sentence } from '../../../i18n/sentence.ts';
import { Button } from '../../../ui/Button.tsx';
import { Icon } from '../../../ui/Icon.tsx';
import { StateBadge } from '../../../ui/StateBadge.tsx';
import { ChangeButton } from '../ChangeButton.tsx';
import { FileLock } from '../FileLock.tsx';
import styles from './Models.module.css';

export interface AliasRowProps {
  readonly alias: ListedAlias;
  readonly mayChange: boolean;
  readonly onChange: (alias: ListedAlias) => void;
  readonly onRemove: (alias: ListedAlias) => Promise<void>;
}

/** One alias: who is asked in order, and what is wrong with it now. */
export function AliasRow({ alias, mayChange, onChange, onRemove }: AliasRowProps) {
  const { t } = useTranslation();
  const { name, cloud, source, problem } = alias;
  return (
    <li className={styles['alias']} aria-label={name}>
      <div className={styles['aliasHead']}>
        <code className={styles['aliasName']}>{name}</code>
        {cloud && (
          <StateBadge tone="work" icon={Cloud}>
            {t('aliases.mayUseCloud')}
          </StateBadge>
        )}
        {source === 'file' && <FileLock />}
        {mayChange && <AliasDeeds alias={alias} onChange={onChange} onRemove={onRemove} />}
      </div>
      <Members alias={alias} />
      {problem !== undefined && (
        <p className={styles['problem']}>
          <StateBadge tone="slow">{t('aliases.problem')}</StateBadge> {sentence(problem)}
        </p>
      )}
    </li>
  );
}

function AliasDeeds({ alias, onChange, onRemove }: Omit<AliasRowProps, 'mayChange'>) {
  const { t } = useTranslation();
  const [error, setError] = useState<unknown>();
  const { name } = alias;
  return (
    <span className={styles['deeds']}>
      {error !== undefined && <StateBadge tone="fail">{t('aliases.removeFailed')}</StateBadge>}
      <ChangeButton
        label={t('aliases.changeName', { name })}
        onPress={() => {
          onChange(alias);
        }}
      />
      <Button
        size="row"
        variant="danger"
        aria-label={t('aliases.removeName', { name })}
        onClick={() => {
          onRemove(alias).catch(setError);
        }}
      >
        {t('common.remove')}
      </Button>
    </span>
  );
}

/** Who is asked, in order, and when the next one is. */
function Members({ alias: { name, members } }: Pick<AliasRowProps, 'alias'>) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <ol className={styles['members']} aria-label={t('aliases.membersOf', { name })}>
      {members.map(({ model, maxQueueSeconds }, index) => (
        <li key={`${String(index)} ${model}`}>
          {index > 0 && <Icon of={ArrowRight} size={14} className={styles['arrow']} />}
          <code>{model}</code>
          {maxQueueSeconds !== undefined && (
            <span className={styles['quiet']}>
              {t('aliases.atMost', { seconds: format.count(maxQueueSeconds) })}
            </span>
          )}
        </li>
      ))}
    </ol>
  );
}
