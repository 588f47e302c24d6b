import { Plus } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useModelLimits } from '../../../state/gateway-lists.ts';
import { Asking } from '../../../ui/Asking.tsx';
import { Button } from '../../../ui/Button.tsx';
import { PageSection } from '../../../ui/Page.tsx';
import { ActionsHeadCell, Cell, HeadCell, Table } from '../../../ui/Table.tsx';
import { ChangeButton } from '../ChangeButton.tsx';
import { LimitLevels } from '../limits/LimitLevels.tsx';
import { ModelLimitsDialog } from './ModelLimitsDialog.tsx';
import type { ModelLimits } from './ModelLimitsDialog.tsx';
import styles from './Models.module.css';

/** What may be asked of one model by everybody together. */
export function ModelLimitsSection() {
  const { t } = useTranslation();
  const { answer: models, error, refresh } = useModelLimits();
  const [open, setOpen] = useState<ModelLimits | 'new'>();
  return (
    <PageSection
      title={t('limits.models.title')}
      actions={
        <Button
          icon={Plus}
          onClick={() => {
            setOpen('new');
          }}
        >
          {t('limits.models.add')}
        </Button>
      }
    >
      <p className={styles['hint']}>{t('limits.models.hint')}</p>
      <Asking
        isKnown={models !== undefined}
        error={error}
        failedTitle={t('limits.models.failed')}
        onRetry={refresh}
      >
        {models !== undefined && models.length > 0 && (
          <LimitedModels models={models} onChange={setOpen} />
        )}
      </Asking>
      {open !== undefined && (
        <ModelLimitsDialog
          {...(open !== 'new' && { of: open })}
          onSaved={refresh}
          onClose={() => {
            setOpen(undefined);
          }}
        />
      )}
    </PageSection>
  );
}

interface LimitedModelsProps {
  readonly models: readonly ModelLimits[];
  readonly onChange: (model: ModelLimits) => void;
}

function LimitedModels({ models, onChange }: LimitedModelsProps) {
  const { t } = useTranslation();
  return (
    <Table label={t('limits.models.title')}>
      <thead>
        <tr>
          <HeadCell>{t('prices.column.model')}</HeadCell>
          <HeadCell>{t('limits.title')}</HeadCell>
          <ActionsHeadCell />
        </tr>
      </thead>
      <tbody>
        {models.map((model) => (
          <tr key={model.model}>
            <Cell className={styles['name']}>
              <code>{model.model}</code>
            </Cell>
            <Cell>
              <LimitLevels name={model.model} uses={model.uses} />
            </Cell>
            <Cell isFigure>
              <ChangeButton
                label={t('limits.models.changeOf', { model: model.model })}
                onPress={() => {
                  onChange(model);
                }}
              />
            </Cell>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
