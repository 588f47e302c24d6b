import { ChevronsUpDown, Plus } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { navigate } from '../../router.ts';
import { IconButton } from '../../ui/IconButton.tsx';
import { Menu, MenuItem, MenuSeparator } from '../../ui/Menu.tsx';
import { newPlace } from './places.ts';
import type { Place } from './places.ts';

export interface PlaceSwitcherProps {
  readonly places: readonly Place[];
  readonly current: Place;
}

/** The other pools, and the way to a further one. */
export function PlaceSwitcher({ places, current }: PlaceSwitcherProps) {
  const { t } = useTranslation();
  return (
    <Menu
      align="start"
      trigger={<IconButton icon={ChevronsUpDown} label={t('pool.switch')} size="row" />}
    >
      {places.map((place) => (
        <MenuItem
          key={place.id}
          isCurrent={place.id === current.id}
          onSelect={() => {
            navigate({ page: 'pool', place: place.id });
          }}
        >
          {place.name}
        </MenuItem>
      ))}
      <MenuSeparator />
      <MenuItem
        icon={Plus}
        onSelect={() => {
          navigate({ page: 'pool', place: newPlace });
        }}
      >
        {t('pool.another')}
      </MenuItem>
    </Menu>
  );
}
