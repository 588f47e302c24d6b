import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api.ts';
import { ModelChoice } from '../ModelChoice.tsx';
import type { ModelChoiceProps } from '../ModelChoice.tsx';

export interface InviteModelsProps extends Pick<ModelChoiceProps, 'models' | 'onChange'> {
  readonly poolId: string;
}

/** Which models the invited may ask. Nothing to choose while the pool has none. */
export function InviteModels({ poolId, models, onChange }: InviteModelsProps) {
  const { t } = useTranslation();
  const choices = usePoolModels(poolId);
  if (choices.length === 0) return null;
  return (
    <ModelChoice
      label={t('host.invite.models')}
      allLabel={t('host.invite.allModels')}
      {...{ choices, models, onChange }}
    />
  );
}

function usePoolModels(poolId: string): ModelChoiceProps['choices'] {
  const [choices, setChoices] = useState<ModelChoiceProps['choices']>([]);
  useEffect(() => {
    const left = new AbortController();
    // Without an answer the invite is for all models, which is also what most are for.
    void api.pools.overview({ id: poolId }, { signal: left.signal }).then(
      ({ models }) => {
        if (!left.signal.aborted) setChoices(models.map(({ id, name }) => ({ id, name })));
      },
      () => undefined,
    );
    return () => {
      left.abort();
    };
  }, [poolId]);
  return choices;
}
