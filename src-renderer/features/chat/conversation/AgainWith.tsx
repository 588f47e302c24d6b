import { ChevronDown } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { IconButton } from '../../../ui/IconButton.tsx';
import { Menu, MenuItem, MenuSeparator } from '../../../ui/Menu.tsx';
import { isUsable } from '../state/model-choice.ts';
import { useChatModels } from '../state/use-chat-models.ts';

export interface AgainWithProps {
  readonly onChoose: (modelId: string) => void;
  /** The machine of a pool that answered: the same model can be asked there and nowhere else. */
  readonly pin?: { readonly model: string; readonly machine: string } | undefined;
}

/** The models that could answer the same question. */
export function AgainWith({ onChoose, pin }: AgainWithProps) {
  const { t } = useTranslation();
  const usable = useChatModels().filter(isUsable);
  return (
    <Menu
      align="start"
      trigger={<IconButton size="row" icon={ChevronDown} label={t('chat.action.againWith')} />}
    >
      {pin !== undefined && (
        <>
          <MenuItem
            onSelect={() => {
              onChoose(`${pin.model}@${pin.machine}`);
            }}
          >
            {t('chat.action.againAt', { machine: pin.machine })}
          </MenuItem>
          <MenuSeparator />
        </>
      )}
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
