import {
  Ellipsis,
  FileText,
  Power,
  ShieldCheck,
  SlidersHorizontal,
  Trash2,
  Wrench,
} from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { InstalledModel } from '../../api.ts';
import { IconButton } from '../../ui/IconButton.tsx';
import { Menu, MenuItem, MenuSeparator } from '../../ui/Menu.tsx';
import { canDelete, isLoaded, isOurs } from './model-deeds.ts';

/** What can be done with one model. */
export interface ModelDeeds {
  readonly onToggle: () => void;
  readonly onOpen: () => void;
  readonly onShowFile: () => void;
  readonly onVerify: () => void;
  readonly onRepair: () => void;
  readonly onDelete: () => void;
}

export interface ModelMenuProps extends ModelDeeds {
  readonly model: InstalledModel;
  readonly canToggle: boolean;
}

/** Everything that can be done with one model, with the keys that do the same in its row. */
export function ModelMenu({ model, canToggle, ...deeds }: ModelMenuProps) {
  const { t } = useTranslation();
  const { check } = model;
  const isChecking = check?.phase === 'checking' || check?.phase === 'repairing';
  return (
    <Menu
      trigger={
        <IconButton
          size="row"
          icon={Ellipsis}
          label={t('models.moreAbout', { name: model.name })}
        />
      }
    >
      {canToggle && (
        <MenuItem icon={Power} shortcut="L" onSelect={deeds.onToggle}>
          {isLoaded(model) ? t('models.unload') : t('models.load')}
        </MenuItem>
      )}
      <MenuItem icon={SlidersHorizontal} shortcut="Enter" onSelect={deeds.onOpen}>
        {isOurs(model) ? t('models.optionsShort') : t('models.about')}
      </MenuItem>
      {model.path !== undefined && (
        <MenuItem icon={FileText} onSelect={deeds.onShowFile}>
          {t('models.showFile')}
        </MenuItem>
      )}
      {isOurs(model) && (
        <MenuItem icon={ShieldCheck} isDisabled={isChecking} onSelect={deeds.onVerify}>
          {t('models.verify')}
        </MenuItem>
      )}
      {check?.phase === 'damaged' && check.canRepair && (
        <MenuItem icon={Wrench} onSelect={deeds.onRepair}>
          {t('models.repair')}
        </MenuItem>
      )}
      {canDelete(model) && (
        <>
          <MenuSeparator />
          <MenuItem icon={Trash2} isDanger shortcut="Delete" onSelect={deeds.onDelete}>
            {t(model.source === 'found' ? 'models.takeOff' : 'models.delete')}
          </MenuItem>
        </>
      )}
    </Menu>
  );
}
