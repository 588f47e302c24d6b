import { useTranslation } from 'react-i18next';
import type { InstalledModel } from '../../api.ts';
import { sentence } from '../../i18n/sentence.ts';
import { quantizationBesideName } from '../../state/model-words.ts';
import { Note } from '../../ui/Note.tsx';
import { SidePanel } from '../../ui/SidePanel.tsx';
import { LoadOptionsForm } from './options/LoadOptionsForm.tsx';
import { isOurs } from './model-deeds.ts';
import { ModelFacts } from './ModelFacts.tsx';
import { SystemPromptForm } from './SystemPromptForm.tsx';

export interface ModelPanelProps {
  readonly model: InstalledModel;
  /** Where it opens; at its top if absent. */
  readonly part?: 'file' | undefined;
  readonly onClose: () => void;
}

/** How one model is loaded and greeted, and what its file says. */
export function ModelPanel({ model, part, onClose }: ModelPanelProps) {
  const { t } = useTranslation();
  return (
    <SidePanel
      title={t(isOurs(model) ? 'models.options' : 'models.about')}
      subtitle={`${model.name} ${quantizationBesideName(model) ?? ''}`.trim()}
      takesFocus={part === undefined}
      onClose={onClose}
    >
      {model.problem !== undefined && <Note tone="fail" title={sentence(model.problem)} />}
      {model.problem === undefined && isOurs(model) && <LoadOptionsForm model={model} />}
      {model.problem === undefined && <SystemPromptForm model={model} />}
      <ModelFacts model={model} takesFocus={part === 'file'} />
    </SidePanel>
  );
}
