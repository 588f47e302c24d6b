import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api.ts';
import { FormDialog } from '../../../ui/FormDialog.tsx';
import { useDeed } from '../../../ui/use-deed.ts';
import { ChoiceField } from '../../pool/host/ChoiceField.tsx';
import { limitDraftOf, limitProblem, limitsOf } from '../limits/limit-draft.ts';
import { LimitFields } from '../limits/LimitFields.tsx';
import { useModelOptions } from '../use-model-choices.ts';

export type ModelLimits = Awaited<ReturnType<typeof api.server.modelLimits>>['models'][number];

export interface ModelLimitsDialogProps {
  /** The ones to change; absent asks for the model first. */
  readonly of?: ModelLimits;
  readonly onSaved: () => void;
  readonly onClose: () => void;
}

/** Emptied limits are taken away. */
export function ModelLimitsDialog({ of, onSaved, onClose }: ModelLimitsDialogProps) {
  const { t } = useTranslation();
  const deed = useDeed();
  const options = useModelOptions();
  const names = new Map(options.map(({ id, name }) => [id, name] as const));
  const [model, setModel] = useState(of?.model ?? '');
  const [draft, setDraft] = useState(() => limitDraftOf(of?.limits));
  const problem =
    model === ''
      ? t('limits.models.modelFirst')
      : limitProblem(draft) === undefined
        ? undefined
        : t('limits.noAmount');
  return (
    <FormDialog
      title={
        of === undefined ? t('limits.models.add') : t('limits.models.change', { model: of.model })
      }
      size="medium"
      deed={deed}
      submitLabel={t('common.save')}
      busyLabel={t('common.saving')}
      problem={problem}
      onSubmit={() =>
        void deed.run(async () => {
          await api.server.setModelLimits({ model, limits: limitsOf(draft) ?? null });
          onSaved();
          onClose();
        })
      }
      onClose={onClose}
    >
      {of === undefined && (
        <ChoiceField
          label={t('prices.column.model')}
          value={model}
          values={['', ...names.keys()]}
          wordOf={(id) => names.get(id) ?? t('limits.models.choose')}
          onChange={setModel}
        />
      )}
      <LimitFields draft={draft} onChange={setDraft} />
    </FormDialog>
  );
}
