import { ChevronDown } from 'lucide-react';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { navigate } from '../../router.ts';
import { useModels } from '../../state/models.ts';
import { Button } from '../../ui/Button.tsx';
import { IconButton } from '../../ui/IconButton.tsx';
import { Menu, MenuItem } from '../../ui/Menu.tsx';
import { setFilters } from '../discover/search/search-store.ts';
import actions from './conversation/Actions.module.css';
import { seeingModels } from './state/sight.ts';
import type { InstalledModel } from './types.ts';

export interface SeeingModelsProps {
  readonly onChoose: (model: InstalledModel) => void;
}

/** The way on where a model cannot read a picture: one that can, or where such models are found. */
export function SeeingModels({ onChoose }: SeeingModelsProps) {
  const { t } = useTranslation();
  const models = useModels((state) => state.models);
  const [first, ...others] = useMemo(() => seeingModels(models ?? []), [models]);
  if (first === undefined) {
    return <Button onClick={discoverSeeing}>{t('chat.picture.discover')}</Button>;
  }
  return (
    <span className={actions['joined']}>
      <Button
        onClick={() => {
          onChoose(first);
        }}
      >
        {t('chat.waiting.instead', { model: first.name })}
      </Button>
      {others.length > 0 && (
        <Menu
          align="start"
          trigger={<IconButton icon={ChevronDown} label={t('chat.picture.others')} />}
        >
          {others.map((model) => (
            <MenuItem
              key={model.id}
              onSelect={() => {
                onChoose(model);
              }}
            >
              {model.name}
            </MenuItem>
          ))}
        </Menu>
      )}
    </span>
  );
}

function discoverSeeing(): void {
  setFilters({ task: 'image-text-to-text' });
  navigate({ page: 'discover' });
}
