import { ArrowRight, Cloud, Plus } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api.ts';
import type { ListedAlias } from '../../../api.ts';
import { useFormat } from '../../../i18n/format.ts';
import { sentence } from '../../../i18n/sentence.ts';
import { useAliases } from '../../../state/gateway-lists.ts';
import { useMay } from '../../../state/may.ts';
import { showToast } from '../../../state/toasts.ts';
import { Asking } from '../../../ui/Asking.tsx';
import { Button } from '../../../ui/Button.tsx';
import { Icon } from '../../../ui/Icon.tsx';
import { PageSection } from '../../../ui/Page.tsx';
import { StateBadge } from '../../../ui/StateBadge.tsx';
import { FileLock } from '../FileLock.tsx';
import { AliasDialog } from './AliasDialog.tsx';
import styles from './Models.module.css';

/** Names that stand for several models in order. */
export function AliasesSection() {
  const { t } = useTranslation();
  const { answer: aliases, error, refresh } = useAliases();
  const mayManage = useMay('manageModels');
  /** `new` makes another. */
  const [open, setOpen] = useState<ListedAlias | 'new'>();
  const remove = async (alias: ListedAlias) => {
    await api.aliases.remove({ name: alias.name });
    refresh();
    const { problem: _problem, source: _source, ...saved } = alias;
    showToast(t('aliases.removed', { name: alias.name }), () => {
      // What fails here is seen in the list, which is asked again.
      void api.aliases
        .save(saved)
        .catch(() => undefined)
        .then(refresh);
    });
  };
  return (
    <PageSection
      title={t('aliases.title')}
      actions={
        mayManage && (
          <Button
            icon={Plus}
            onClick={() => {
              setOpen('new');
            }}
          >
            {t('aliases.add')}
          </Button>
        )
      }
    >
      <p className={styles['hint']}>{t('aliases.hint')}</p>
      <Asking
        isKnown={aliases !== undefined}
        error={error}
        failedTitle={t('aliases.failed')}
        onRetry={refresh}
      >
        {aliases !== undefined && aliases.length > 0 && (
          <ul className={styles['aliases']}>
            {aliases.map((alias) => (
              <AliasRow
                key={alias.name}
                alias={alias}
                mayChange={mayManage && alias.source === 'database'}
                onChange={setOpen}
                onRemove={remove}
              />
            ))}
          </ul>
        )}
      </Asking>
      {open !== undefined && (
        <AliasDialog
          {...(open !== 'new' && { alias: open })}
          aliases={aliases ?? []}
          onSaved={refresh}
          onClose={() => {
            setOpen(undefined);
          }}
        />
      )}
    </PageSection>
  );
}

interface AliasRowProps {
  readonly alias: ListedAlias;
  readonly mayChange: boolean;
  readonly onChange: (alias: ListedAlias) => void;
  readonly onRemove: (alias: ListedAlias) => Promise<void>;
}

function AliasRow({ alias, mayChange, onChange, onRemove }: AliasRowProps) {
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
      <Button
        size="row"
        variant="quiet"
        aria-label={t('aliases.changeName', { name })}
        onClick={() => {
          onChange(alias);
        }}
      >
        {t('common.change')}
      </Button>
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
              {t('aliases.atMost', { time: format.duration(maxQueueSeconds * 1000) })}
            </span>
          )}
        </li>
      ))}
    </ol>
  );
}
