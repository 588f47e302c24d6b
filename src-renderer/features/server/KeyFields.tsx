import { useTranslation } from 'react-i18next';
import { useMemberships } from '../../state/memberships.ts';
import { usePools } from '../../state/pools.ts';
import { ChoiceField } from '../pool/host/ChoiceField.tsx';
import { ModelChoice } from '../pool/ModelChoice.tsx';
import { useChatModels } from '../chat/state/use-chat-models.ts';
import { keyPrivacies, keySpans } from './key-draft.ts';
import type { KeyDraft } from './key-draft.ts';
import styles from './NewKeyDialog.module.css';

export interface KeyFieldsProps {
  readonly draft: KeyDraft;
  readonly onChange: (draft: KeyDraft) => void;
}

/** What a new key may ask, how long, and who may read it. Pools only where there is one. */
export function KeyFields({ draft, onChange }: KeyFieldsProps) {
  const { t } = useTranslation();
  const pools = usePools((state) => state.pools) ?? [];
  const memberships = useMemberships((state) => state.memberships) ?? [];
  const models = useChatModels();
  const names = new Map([
    ...pools.map(({ id, name }) => [id, name] as const),
    ...memberships.map(({ poolId, poolName }) => [poolId, poolName] as const),
  ]);
  return (
    <div className={styles['fields']}>
      {names.size > 0 && (
        <>
          <ChoiceField
            label={t('server.key.pool')}
            hint={t('server.key.poolHint')}
            value={draft.poolId}
            values={['', ...names.keys()]}
            wordOf={(id) => names.get(id) ?? t('server.key.poolAny')}
            onChange={(poolId) => {
              onChange({ ...draft, poolId });
            }}
          />
          <ChoiceField
            label={t('server.key.privacy')}
            value={draft.privacy}
            values={keyPrivacies}
            wordOf={(privacy) => t(`server.key.privacyWord.${privacy}`)}
            onChange={(privacy) => {
              onChange({ ...draft, privacy });
            }}
          />
        </>
      )}
      <ChoiceField
        label={t('server.key.span')}
        value={draft.span}
        values={keySpans}
        wordOf={(span) => t(`server.key.spans.${span}`)}
        onChange={(span) => {
          onChange({ ...draft, span });
        }}
      />
      {models.length > 0 && (
        <ModelChoice
          label={t('server.key.modelsTitle')}
          allLabel={t('server.key.allModels')}
          choices={models.map(({ id, name }) => ({ id, name }))}
          models={draft.models}
          onChange={(chosen) => {
            onChange({ ...draft, models: chosen });
          }}
        />
      )}
    </div>
  );
}
