import { ChevronDown } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useModels } from '../../../state/models.ts';
import { IconButton } from '../../../ui/IconButton.tsx';
import { Menu, MenuItem } from '../../../ui/Menu.tsx';
import { isForChat } from '../state/model-choice.ts';

export interface AgainWithProps {
  readonly onChoose: (modelId: string) => void;
}

/** The models that could answer the same question. */
export function AgainWith({ onChoose }: AgainWithProps) {
  const { t } = useTranslation();
  const models = useModels((state) => state.models) ?? [];
  const usable = models.filter((model) => isForChat(model) && model.problem === undefined);
  return (
    <Menu
      align="start"
      trigger={<IconButton size="row" icon={ChevronDown} label={t('chat.action.againWith')} />}
    >
      {usable.map((model) => (
        <MenuItem
          key={model.id}
          onSelect={() => {
            onChoose(model.id);
          }}
        >
          {model.name}
        </MenuItem>
      ))}
    </Menu>
  );
}
