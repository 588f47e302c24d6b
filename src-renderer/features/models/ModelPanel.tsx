import { useTranslation } from 'react-i18next';
import type { InstalledModel } from '../../api.ts';
import { quantizationBesideName } from '../../state/model-words.ts';
import { SidePanel } from '../../ui/SidePanel.tsx';
import { LoadOptionsForm } from './LoadOptionsForm.tsx';
import { ModelFacts } from './ModelFacts.tsx';
import { SystemPromptForm } from './SystemPromptForm.tsx';

export interface ModelPanelProps {
  readonly model: InstalledModel;
  readonly onClose: () => void;
}

/** How one model is loaded and greeted, and what its file says. */
export function ModelPanel({ model, onClose }: ModelPanelProps) {
  const { t } = useTranslation();
  return (
    <SidePanel
      title={t('models.options')}
      subtitle={`${model.name} ${quantizationBesideName(model) ?? ''}`.trim()}
      takesFocus
      onClose={onClose}
    >
      {model.problem === undefined && (
        <>
          <LoadOptionsForm model={model} />
          <SystemPromptForm model={model} />
        </>
      )}
      <ModelFacts model={model} />
    </SidePanel>
  );
}
